import { speaksFor } from '../../protocol/chain.js';
import { bytesOf } from '../../engine/base/json.js';
import type { Target } from '../../engine/plan/plan.js';
import { called } from '../../engine/state/called.js';
import type { LockAnswer } from '../../engine/state/values.js';
import type { Asking, Claim, Releasing, Stopped, LockTable } from '../../protocol/locks.js';

export const noLocks: LockTable = { holders: [], line: [], released: {} };

/** Milliseconds for which a release is remembered. A request that is later still is found out when its claim is looked at. */
const rememberFor = 3_600_000;

/** So many releases are remembered: whoever makes them up must not fill the table. */
const mostReleased = 1_000;
/** Bytes that one scope may fill, and all: the table goes on into the next run as one payload of 2 MB. */
const mostOfOne = 100_000;
const mostOfAll = 1_200_000;
/** So many of those in the way are named: the answers to many have to fit into one payload, too. */
const mostInTheWay = 100;

/** Whether two targets cannot be in different hands: the same, or parent and child (`table:shop`, `table:shop.customer`). */
export function conflict(a: Target, b: Target): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Whether two names stand for the same, or for a thing and a part of it, as was found out when each was asked for. */
function sameThing(mine: Claim, wanted: Target, other: Claim, held: Target): boolean {
  const [ours = [], theirs = []] = [mine.things?.[wanted], other.things?.[held]];
  return ours.some((one) => theirs.some((two) => contains(one, two) || contains(two, one)));
}

function contains(path: string, other: string): boolean {
  return other === path || other.startsWith(`${path}/`);
}

/** Asks for a scope: whole or not at all, and nobody overtakes an earlier request that conflicts. */
export function ask(
  table: LockTable,
  asking: Asking,
  at: number,
): { readonly table: LockTable; readonly answer: LockAnswer } {
  const { wait, holds, ...asked } = asking;
  const refuse = (reason: string) => ({ table, answer: { status: 'refused', reason } as const });
  if (asking.askedAt <= (table.released[asking.rollout]?.askedAt ?? -1)) {
    return refuse('it has been released since it was asked for');
  }
  const known = claimOf(table, asking.rollout);
  if (!speaksFor(known, asking)) return refuse('somebody else has asked under its name');
  if (known) {
    // A run that was reset asks again: it lives, and its newer word is the one that a release has to follow.
    const next = update(table, asking.rollout, ({ orphaned: _ended, ...claim }) => ({
      ...claim,
      askedAt: Math.max(claim.askedAt, asking.askedAt),
    }));
    return { table: next, answer: answerOf(next, asking.rollout) };
  }
  if (holds) return refuse('it does not hold its scope any more');
  // Taking back is the way to safety: a stop does not stand in it.
  if (table.stopped && asking.reverts === undefined) return refuse(stoppedReason(table.stopped));
  const bytes = bytesOf(asked);
  if (bytes > mostOfOne) return refuse(`its scope fills ${bytes} bytes, and ${mostOfOne} are the most`);
  if (bytes + bytesOf([table.holders, table.line]) > mostOfAll) {
    const count = table.holders.length + table.line.length;
    return refuse(
      `the locks are full: ${count} rollouts hold or await targets; try again when some have ended`,
    );
  }
  const next = settle({ ...table, line: [...table.line, { ...asked, since: at }] }, at);
  const answer = answerOf(next, asking.rollout);
  if (answer.status !== 'queued' || wait) return { table: next, answer };
  return refuse(`${inWords(answer.behind)}; it was not to wait`);
}

/** Takes down a rollout that was found to hold its scope, also while the environment is stopped. */
export function enter({ stopped, ...open }: LockTable, asking: Asking, at: number): LockTable {
  return { ...ask(open, asking, at).table, ...(stopped && { stopped }) };
}

/** Gives a scope back, or leaves the line; a word older than the request, or somebody else's, changes nothing. */
export function release(table: LockTable, releasing: Releasing, at: number): LockTable {
  const { rollout, askedAt, handsBack } = releasing;
  const claim = claimOf(table, rollout);
  if (claim && (claim.askedAt > askedAt || !speaksFor(claim, releasing))) return table;
  const released = { ...remembered(table.released, at), [rollout]: { askedAt, at } };
  const left = without(table, rollout);
  // A rescue that took nothing back leaves the orphan's lock as it found it.
  const holders = handsBack && claim?.passed ? [...left.holders, claim.passed] : left.holders;
  return settle({ ...left, holders, released }, at);
}

/** Tidied up now and then: whoever floods it with releases must not make each of them take longer. */
function remembered(released: LockTable['released'], at: number): LockTable['released'] {
  if (Object.keys(released).length < mostReleased) return released;
  const recent = Object.entries(released).filter(([, heard]) => at - heard.at < rememberFor);
  return Object.fromEntries(recent.slice(-mostReleased / 2));
}

/** The rollout's workflow was ended from outside: its lock stays and says so, its place in the line is gone. */
export function orphan(table: LockTable, rollout: string, reason: string, at: number): LockTable {
  const left = { ...table, line: table.line.filter((claim) => claim.rollout !== rollout) };
  return settle(
    update(left, rollout, (claim) => ({ ...claim, orphaned: claim.orphaned ?? { at, reason } })),
    at,
  );
}

/** The rollout's workflow runs again after all. */
export function adopt(table: LockTable, rollout: string): LockTable {
  return update(table, rollout, ({ orphaned: _ended, ...claim }) => claim);
}

/** Ends an orphaned lock; any other stays. */
export function takeOver(table: LockTable, rollout: string, at: number): LockTable {
  const orphaned = table.holders.find((claim) => claim.rollout === rollout)?.orphaned;
  return orphaned ? settle(without(table, rollout), at) : table;
}

/** Refuses every start from now on, also of those in line: they would start by themselves when it is lifted. */
export function stop(table: LockTable, stopped: Stopped): LockTable {
  const line = table.line.filter(({ reverts }) => reverts !== undefined);
  return settle({ ...table, line, stopped }, stopped.at);
}

/** Lets rollouts start again. */
export function lift({ stopped: _ended, ...table }: LockTable): LockTable {
  return table;
}

/** What those who stood in line are to hear after a change, and did not know before. */
export function news(
  before: LockTable,
  after: LockTable,
): readonly { readonly rollout: string; readonly answer: LockAnswer }[] {
  return before.line.flatMap(({ rollout }) => {
    const answer = isKnown(after, rollout)
      ? answerOf(after, rollout)
      : after.stopped && after.stopped !== before.stopped
        ? ({ status: 'refused', reason: stoppedReason(after.stopped) } as const)
        : undefined;
    if (!answer || JSON.stringify(answer) === JSON.stringify(answerOf(before, rollout))) return [];
    return [{ rollout, answer }];
  });
}

/** A stop in one sentence. */
export function stoppedReason({ by, reason }: Stopped): string {
  return `the environment is stopped by ${by}: ${reason}`;
}

/** The claim of a rollout that holds or waits. */
export function claimOf({ holders, line }: LockTable, rollout: string): Claim | undefined {
  return [...holders, ...line].find((claim) => claim.rollout === rollout);
}

/** What a rollout that holds or waits is answered. Those who hold are never refused. */
export function answerOf(table: LockTable, rollout: string): LockAnswer {
  const claim = table.line.find((waiting) => waiting.rollout === rollout);
  if (!claim) return { status: 'granted' };
  return { status: 'queued', behind: inFrontOf(table, claim).slice(0, mostInTheWay) };
}

type Behind = Extract<LockAnswer, { status: 'queued' }>['behind'];

/** Who is in the way of a claim in line, each with the first target in question. */
function inFrontOf(table: LockTable, claim: Claim): Behind {
  const passed = orphanFor(table, claim);
  const holders = table.holders.filter((holder) => holder !== passed);
  // The lock of what it takes back is its own: those who wait for that lock wait for it, too.
  const earlier = passed ? [] : table.line.slice(0, table.line.indexOf(claim));
  return [...holders, ...earlier].flatMap((other) => {
    const { rollout, owner, orphaned } = other;
    const met = meetingOf(claim, other);
    if (!met) return [];
    const { wanted, held } = met;
    const as = !conflict(wanted, held) && { as: held };
    return [{ rollout, owner, target: wanted, ...as, ...(orphaned && { orphaned: true as const }) }];
  });
}

/** Where two claims meet, by the names that each has for it; where the names meet already comes first. */
function meetingOf(
  mine: Claim,
  other: Claim,
): { readonly wanted: Target; readonly held: Target } | undefined {
  const find = (meets: (wanted: Target, held: Target) => boolean) => {
    for (const wanted of mine.scope) {
      const held = other.scope.find((target) => meets(wanted, target));
      if (held !== undefined) return { wanted, held };
    }
    return undefined;
  };
  return find(conflict) ?? find((wanted, held) => sameThing(mine, wanted, other, held));
}

function orphanFor({ holders }: LockTable, { reverts }: Claim): Claim | undefined {
  if (reverts === undefined) return undefined;
  // Also that of a rescue before this one, which was itself ended from outside.
  return holders.find(
    (holder) => holder.orphaned && (holder.rollout === reverts || holder.reverts === reverts),
  );
}

/** Gives everybody in line, the first come first, the scope that is free. */
function settle(table: LockTable, at: number): LockTable {
  for (const claim of table.line) {
    if (inFrontOf(table, claim).length > 0) continue;
    const passed = orphanFor(table, claim);
    const holders = table.holders.filter((holder) => holder !== passed);
    const granted = {
      ...table,
      holders: [...holders, { ...claim, since: at, ...(passed && { passed: passed.passed ?? passed }) }],
      line: table.line.filter((waiting) => waiting !== claim),
    };
    return settle(granted, at);
  }
  return table;
}

function isKnown(table: LockTable, rollout: string): boolean {
  return claimOf(table, rollout) !== undefined;
}

function without(table: LockTable, rollout: string): LockTable {
  const others = (claims: readonly Claim[]) => claims.filter((claim) => claim.rollout !== rollout);
  return { ...table, holders: others(table.holders), line: others(table.line) };
}

function update(table: LockTable, rollout: string, change: (claim: Claim) => Claim): LockTable {
  const changed = (claims: readonly Claim[]) =>
    claims.map((claim) => (claim.rollout === rollout ? change(claim) : claim));
  return { ...table, holders: changed(table.holders), line: changed(table.line) };
}

function inWords(behind: Behind): string {
  return behind
    .map(
      ({ rollout, owner, target, as }) => `${called(target, as)} is held or awaited by ${rollout} (${owner})`,
    )
    .join(', ');
}
