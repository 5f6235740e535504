import type { Target } from './plan.js';
import type { LockAnswer, LockRequest } from './ports.js';

/** A request for a scope, with what makes a repeated or late one harmless. */
export interface Asking extends LockRequest {
  /** When the rollout asked, by the clock of its own history: of two words of a rollout the newer one counts. */
  readonly askedAt: number;
  /** Of the plan, by which whoever looks at an orphan's targets finds it. */
  readonly digest?: string;
}

/** A rollout that holds its scope, or stands in line for it. Times in milliseconds since the epoch. */
export interface Claim extends Omit<Asking, 'wait' | 'holds'> {
  /** Since when it holds, or stands in line. */
  readonly since: number;
  /** Its workflow was ended from outside: nobody will release it. */
  readonly orphaned?: { readonly at: number; readonly reason: string };
  /** The orphan's claim that passed over to the rollout that takes it back. */
  readonly passed?: Claim;
}

/** A scope given back. */
export interface Releasing {
  readonly rollout: string;
  /** When the rollout said so, by the clock of its own history. */
  readonly askedAt: number;
  /** What passed over from an orphan goes back to it: nothing was taken back. */
  readonly handsBack?: true;
}

/** Nothing starts in the environment. */
export interface Stopped {
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  /** Exposure was to go back as well. */
  readonly exposure?: 'zero';
}

/** Who holds what in an environment, and who waits, in order of arrival. */
export interface LockTable {
  readonly holders: readonly Claim[];
  readonly line: readonly Claim[];
  readonly stopped?: Stopped;
  /** Rollouts that released a short while ago: when they said so, and when it was heard. */
  readonly released: { readonly [rollout: string]: { readonly askedAt: number; readonly at: number } };
}

export const noLocks: LockTable = { holders: [], line: [], released: {} };

/** Milliseconds for which a release is remembered. A request that is later still is found out when its claim is looked at. */
const rememberFor = 3_600_000;

/** Whether two targets cannot be in different hands: the same, or parent and child (`table:shop`, `table:shop.customer`). */
export function conflict(a: Target, b: Target): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
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
  if (isKnown(table, asking.rollout)) {
    // A run that was reset asks again: it lives, and its newer word is the one that a release has to follow.
    const next = update(table, asking.rollout, ({ orphaned: _ended, ...claim }) => ({
      ...claim,
      askedAt: Math.max(claim.askedAt, asking.askedAt),
    }));
    return { table: next, answer: answerOf(next, asking.rollout) };
  }
  if (holds) return refuse('it does not hold its scope any more');
  // Taking back is the way to safety: a stop does not stand in it.
  if (table.stopped && asking.takesBack === undefined) return refuse(stoppedReason(table.stopped));
  const next = settle({ ...table, line: [...table.line, { ...asked, since: at }] }, at);
  const answer = answerOf(next, asking.rollout);
  if (answer.status !== 'queued' || wait) return { table: next, answer };
  return refuse(`${inWords(answer.behind)}; it was not to wait`);
}

/** Takes down a rollout that was found to hold its scope, also while the environment is stopped. */
export function enter({ stopped, ...open }: LockTable, asking: Asking, at: number): LockTable {
  return { ...ask(open, asking, at).table, ...(stopped && { stopped }) };
}

/** Gives a scope back, or leaves the line; a word older than the request changes nothing. */
export function release(table: LockTable, { rollout, askedAt, handsBack }: Releasing, at: number): LockTable {
  const claim = claimOf(table, rollout);
  if (claim && claim.askedAt > askedAt) return table;
  const recent = Object.entries(table.released).filter(([, heard]) => at - heard.at < rememberFor);
  const released = { ...Object.fromEntries(recent), [rollout]: { askedAt, at } };
  const left = without(table, rollout);
  // A rescue that took nothing back leaves the orphan's lock as it found it.
  const holders = handsBack && claim?.passed ? [...left.holders, claim.passed] : left.holders;
  return settle({ ...left, holders, released }, at);
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
  const line = table.line.filter(({ takesBack }) => takesBack !== undefined);
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
  return claim ? { status: 'queued', behind: inFrontOf(table, claim) } : { status: 'granted' };
}

type Behind = Extract<LockAnswer, { status: 'queued' }>['behind'];

/** Who is in the way of a claim in line, each with the first target in question. */
function inFrontOf(table: LockTable, claim: Claim): Behind {
  const passed = orphanFor(table, claim);
  const holders = table.holders.filter((holder) => holder !== passed);
  // The lock of what it takes back is its own: those who wait for that lock wait for it, too.
  const earlier = passed ? [] : table.line.slice(0, table.line.indexOf(claim));
  return [...holders, ...earlier].flatMap(({ rollout, owner, scope, orphaned }) => {
    const target = claim.scope.find((wanted) => scope.some((held) => conflict(wanted, held)));
    return target ? [{ rollout, owner, target, ...(orphaned && { orphaned: true as const }) }] : [];
  });
}

function orphanFor({ holders }: LockTable, { takesBack }: Claim): Claim | undefined {
  if (takesBack === undefined) return undefined;
  // Also that of a rescue before this one, which was itself ended from outside.
  return holders.find(
    (holder) => holder.orphaned && (holder.rollout === takesBack || holder.takesBack === takesBack),
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
    .map(({ rollout, owner, target }) => `${target} is held or awaited by ${rollout} (${owner})`)
    .join(', ');
}
