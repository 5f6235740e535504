import { beforeAll, describe, expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { actsOf } from '../../src/engine/plan/plan.js';
import type { Verb } from '../../src/engine/state/ports.js';
import { run, type Script, type World } from '../support/world.js';
import type { Behaviour } from '../support/world/faults.js';
import { approves, resolves, type Person } from '../support/world/people.js';

const evaluated = splitCustomerName.evaluate({
  canaryFor: '10s',
  soakFor: '20s',
  promotedFor: '10s',
  retiredFor: '10s',
  decideWithin: '2m',
  drain: '1s',
  sampleEvery: '2s',
  lookBack: '4s',
  askAfter: '30s',
  giveUpAfter: '90s',
});
const plan = { ...evaluated, deadlines: { ...evaluated.deadlines, act: 60_000, undo: 120_000 } };

const people: Person[] = ['ann', 'bob'].map((name): Person => ({
  on: 'gate-opened',
  after: 1_000,
  write: (state) => approves(`${name} ${state.gate?.step} ${state.gate?.epoch}`, name, ['sre'])(state),
}));
const halts: Person = { on: 'needs-operator', after: 1_000, write: resolves('halt', 'halt', ['sre']) };

/** Takes everything back when asked, as long as that can be done. */
const endsIt: Person = {
  ...halts,
  write: (state) =>
    state.noReturn
      ? halts.write(state)
      : { type: 'abort', id: 'abort', by: { name: 'tom', groups: ['sre'] }, reason: 'tested' },
};

const faults: Record<string, Behaviour> = {
  'once before its effect': { times: 1, fails: 'before' },
  'once half-way': { times: 1, fails: 'half' },
  'once after its effect': { times: 1, fails: 'after' },
  'for good before its effect': { times: Infinity, fails: 'before' },
  'for good half-way': { times: Infinity, fails: 'half' },
  'for good after its effect': { times: Infinity, fails: 'after' },
};

/** Aborts once everything reversible is done, so that every undo and read of the rollback is called too. */
const abortLate: Person = {
  on: 'watch-started',
  nth: 5,
  after: 1_000,
  write: () => ({ type: 'abort', id: 'abort', by: { name: 'tom', groups: ['sre'] } }),
};

const names = (verbs: readonly Verb[], world: World) => [
  ...new Set(
    world.trace.calls(...verbs).map(({ verb, step }) => (step === undefined ? verb : `${verb} ${step}`)),
  ),
];

describe('split-customer-name with one fault', () => {
  let undisturbed: World;
  let aborted: World;
  beforeAll(async () => {
    undisturbed = await run(plan, { people });
    aborted = await run(plan, { people: [...people, abortLate] });
  });

  it('completes undisturbed, and rolls back when it is aborted while the old column is retired', () => {
    expect(undisturbed.ended).toMatchObject({ type: 'completed' });
    expect(undisturbed.gone()).toBe(true);
    expect(aborted.ended).toMatchObject({ type: 'rolled-back' });
    expect(aborted.after()).toBe(aborted.before);
  });

  it.each(Object.entries(faults))(
    'ends whole or untouched when any call on the way fails %s',
    async (_name, fault) => {
      const calls = names(
        ['check', 'capture', 'apply', 'subscribe', 'judge', 'unsubscribe', 'notify'],
        undisturbed,
      );
      expect(calls.length).toBeGreaterThan(2 * actsOf(plan).length);
      for (const call of calls) {
        const world = await run(plan, {
          people: [...people, endsIt],
          behaviours: { [call]: fault },
        });
        expectWholeOrUntouched(call, world, fault);
      }
    },
  );

  it.each(Object.entries(faults))(
    'ends untouched, or with an operator, when any call of the rollback fails %s',
    async (_name, fault) => {
      const calls = names(['undo', 'restore', 'verify'], aborted);
      expect(calls.length).toBeGreaterThan(5);
      for (const call of calls) {
        const script: Script = { people: [...people, abortLate, halts], behaviours: { [call]: fault } };
        const world = await run(plan, script);
        if (fault.times === 1) {
          expect(world.ended, call).toMatchObject({ type: 'rolled-back' });
          expect(world.after(), call).toBe(world.before);
        } else {
          expect(world.ended, call).toMatchObject({ type: 'halted' });
          expect(world.trace.events('needs-operator').length, call).toBeGreaterThan(0);
        }
      }
    },
  );

  function expectWholeOrUntouched(call: string, world: World, fault: Behaviour): void {
    if (world.ended instanceof Error) throw new Error(`${call} leads nowhere`, { cause: world.ended });
    const { type } = world.ended;
    if (type === 'completed') expect(world.after(), call).toBe(undisturbed.after());
    else if (type === 'halted') expect([call, world.gone()]).toEqual(['apply purge/shop.customer', true]);
    else expect(world.after(), call).toBe(world.before);
    if (fault.times === 1) expect(type, call).toBe('completed');
  }
});
