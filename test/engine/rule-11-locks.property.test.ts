import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as locks from '../../src/environment/locks/table.js';
import type { Target } from '../../src/engine/plan/plan.js';
import type { LockAnswer, Things } from '../../src/engine/state/values.js';
import type { Asking, LockTable } from '../../src/protocol/locks.js';

/** Two names of these stand for what others stand for too, or for a part of it. */
const things: Things = {
  'table:shop': ['pg/1'],
  'table:shop.customer': ['pg/1/7', 'pg/1/"shop"/"customer"'],
  'table:shops': ['pg/2'],
  'table:other.client': ['pg/1/7'],
  'table:other.client_2026': ['pg/1/7/8'],
};
const targets: Target[] = [
  'table:other.client',
  'table:other.client_2026',
  'table:shop',
  'table:shop.customer',
  'table:shop.orders',
  'table:shops',
  'flag:a',
  'flag:b',
];
const rollouts = Array.from({ length: 8 }, (_, index) => `rollout/env/book/${index}`);

type Command =
  | { do: 'ask'; rollout: string; scope: Target[]; wait: boolean; reverts?: string }
  | { do: 'release' | 'orphan' | 'adopt' | 'takeOver'; rollout: string }
  | { do: 'stop' | 'lift' };

const aRollout = fc.constantFrom(...rollouts);
const asking = fc.record(
  {
    do: fc.constant('ask' as const),
    rollout: aRollout,
    scope: fc.uniqueArray(fc.constantFrom(...targets), { minLength: 1, maxLength: 3 }),
    wait: fc.boolean(),
    reverts: aRollout,
  },
  { requiredKeys: ['do', 'rollout', 'scope', 'wait'] },
);
const commands = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: asking },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('release' as const), rollout: aRollout }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('orphan', 'adopt', 'takeOver') as fc.Arbitrary<'orphan'>,
        rollout: aRollout,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('stop', 'lift') as fc.Arbitrary<'stop'> }) },
  ),
  { maxLength: 60 },
);

interface Step {
  readonly command: Command;
  readonly before: LockTable;
  readonly after: LockTable;
  readonly answer?: LockAnswer;
  readonly at: number;
}

function play(given: readonly Command[]): Step[] {
  let table = locks.noLocks;
  return given.map((command, index) => {
    const before = table;
    const at = index + 1;
    let answer: LockAnswer | undefined;
    if (command.do === 'ask') ({ table, answer } = locks.ask(table, askingOf(command, at), at));
    else table = change(table, command, at);
    return { command, before, after: table, at, ...(answer && { answer }) };
  });
}

function askingOf(command: Extract<Command, { do: 'ask' }>, askedAt: number): Asking {
  const { rollout, scope, wait, reverts } = command;
  const owner = `owner of ${rollout}`;
  return { rollout, owner, scope, things, wait, askedAt, ...(reverts && { reverts }) };
}

function change(table: LockTable, command: Exclude<Command, { do: 'ask' }>, at: number): LockTable {
  switch (command.do) {
    case 'release':
      return locks.release(table, { rollout: command.rollout, askedAt: at }, at);
    case 'orphan':
      return locks.orphan(table, command.rollout, 'terminated', at);
    case 'adopt':
      return locks.adopt(table, command.rollout);
    case 'takeOver':
      return locks.takeOver(table, command.rollout, at);
    case 'stop':
      return locks.stop(table, { at, by: 'ana', reason: 'smoke' });
    case 'lift':
      return locks.lift(table);
  }
}

/** What stands for the same, or for a part of it, worked out by hand: customer, client and a partition of it. */
const same: readonly (readonly Target[])[] = [
  ['table:shop', 'table:other.client', 'table:other.client_2026'],
  ['table:shop.customer', 'table:other.client', 'table:other.client_2026'],
  ['table:other.client', 'table:other.client_2026'],
];
const together = (one: Target, other: Target) =>
  same.some(
    ([whole, ...parts]) => [one, other].includes(whole!) && parts.some((part) => [one, other].includes(part)),
  );
const clash = (a: { scope: readonly Target[] }, b: { scope: readonly Target[] }) =>
  a.scope.some((one) => b.scope.some((other) => locks.conflict(one, other) || together(one, other)));

function everyStep(check: (step: Step) => void, runs = 1_000): void {
  fc.assert(
    fc.property(commands, (given) => play(given).forEach(check)),
    { numRuns: runs },
  );
}

describe('rule 11: one rollout per target at a time', () => {
  it.each<[Target, Target, boolean]>([
    ['table:shop', 'table:shop.customer', true],
    ['table:shop.customer', 'table:shop', true],
    ['flag:a', 'flag:a', true],
    ['table:shop', 'table:shops', false],
    ['table:shop.customer', 'table:shop.orders', false],
    ['table:a', 'flag:a', false],
  ])('%s and %s conflict: %s', (a, b, expected) => expect(locks.conflict(a, b)).toBe(expected));

  it('has the second of two names for one table stand in line, and says what the first calls it', () => {
    const of = (rollout: string, target: Target, askedAt: number): Asking => ({
      rollout,
      owner: 'team',
      scope: [target],
      things,
      wait: true,
      askedAt,
    });
    const first = locks.ask(locks.noLocks, of('one', 'table:shop.customer', 1), 1);
    const second = locks.ask(first.table, of('two', 'table:other.client', 2), 2);
    expect(second.answer).toEqual({
      status: 'queued',
      behind: [{ rollout: 'one', owner: 'team', target: 'table:other.client', as: 'table:shop.customer' }],
    });
    const byName = locks.ask(first.table, { ...of('two', 'table:other.client', 2), wait: false }, 2);
    expect(byName.answer).toMatchObject({
      reason: expect.stringContaining('table:other.client (there called table:shop.customer) is held'),
    });
  });

  it('never gives conflicting targets to two (1,000 runs)', () =>
    everyStep(({ after: { holders } }) => {
      for (const [index, one] of holders.entries())
        for (const other of holders.slice(index + 1)) expect(clash(one, other)).toBe(false);
    }));

  it('knows a rollout once, and with its whole scope (1,000 runs)', () =>
    everyStep(({ command, before, after, answer }) => {
      const all = [...after.holders, ...after.line].map(({ rollout }) => rollout);
      expect(new Set(all).size).toBe(all.length);
      if (command.do !== 'ask' || answer?.status === 'refused') return;
      const known = locks.claimOf(before, command.rollout)?.scope ?? command.scope;
      expect(locks.claimOf(after, command.rollout)?.scope).toEqual(known);
    }));

  it('grants in order of arrival: nobody overtakes an earlier request that conflicts (1,000 runs)', () =>
    everyStep(({ before, after, command }) => {
      const line = [...before.line, ...after.line.filter(({ rollout }) => !locks.claimOf(before, rollout))];
      for (const claim of after.holders) {
        if (before.holders.some(({ rollout }) => rollout === claim.rollout)) continue;
        const place = line.findIndex(({ rollout }) => rollout === claim.rollout);
        const earlier = (place < 0 ? line : line.slice(0, place)).filter((other) =>
          after.line.some(({ rollout }) => rollout === other.rollout),
        );
        const reverts =
          claim.reverts !== undefined &&
          (before.holders.some(({ rollout }) => rollout === claim.reverts) || command.do === 'orphan');
        if (!reverts) for (const other of earlier) expect(clash(claim, other)).toBe(false);
      }
    }));

  it('leaves nobody in line who could hold, and says who is in the way (1,000 runs)', () =>
    everyStep(({ after }) => {
      for (const { rollout } of after.line) {
        const answer = locks.answerOf(after, rollout);
        expect(answer.status === 'queued' && answer.behind.length).toBeGreaterThan(0);
      }
    }));

  it('lets nobody starve: whoever waits is granted once those before it have left (300 runs)', () =>
    fc.assert(
      fc.property(commands, fc.nat(), (given, seed) => {
        let table = locks.lift(play(given).at(-1)?.after ?? locks.noLocks);
        const waiting = table.line.map(({ rollout }) => rollout);
        const granted = new Set<string>();
        for (let at = 1_000; table.holders.length > 0; at++) {
          for (const { rollout } of table.holders) granted.add(rollout);
          const next = table.holders[seed % table.holders.length]!.rollout;
          table = locks.release(table, { rollout: next, askedAt: at }, at);
          // Somebody new, who wants everything, at every turn.
          const late = { rollout: `late/${at}`, owner: 'late', scope: targets, wait: true, askedAt: at };
          if (at < 1_050) table = locks.ask(table, late, at).table;
        }
        expect(table.line).toEqual([]);
        for (const rollout of waiting) expect(granted).toContain(rollout);
      }),
      { numRuns: 300 },
    ));

  it('is empty when all have released (300 runs)', () =>
    fc.assert(
      fc.property(commands, (given) => {
        let table = play(given).at(-1)?.after ?? locks.noLocks;
        for (const rollout of rollouts) table = locks.release(table, { rollout, askedAt: 1_000 }, 1_000);
        expect([table.holders, table.line]).toEqual([[], []]);
      }),
      { numRuns: 300 },
    ));

  it('tells everybody in line whose answer changed, and nobody else (1,000 runs)', () =>
    everyStep(({ before, after }) => {
      const told = locks.news(before, after);
      for (const { rollout } of before.line) {
        const heard = told.find((one) => one.rollout === rollout)?.answer;
        const known = locks.answerOf(before, rollout);
        if (locks.claimOf(after, rollout)) expect(heard ?? known).toEqual(locks.answerOf(after, rollout));
      }
      for (const { rollout } of told) expect(before.line.map((claim) => claim.rollout)).toContain(rollout);
    }));

  it('changes nothing at a request that comes again (1,000 runs)', () =>
    everyStep(({ command, after, answer, at }) => {
      if (command.do !== 'ask' || answer?.status === 'refused') return;
      const again = locks.ask(after, askingOf(command, at), at + 1);
      expect(again).toEqual({ table: after, answer });
    }));
});
