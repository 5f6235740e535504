import { describe, expect, it } from 'vitest';
import type { Act } from '../../src/engine/plan/plan.js';
import { run } from '../support/world.js';
import { looking } from '../support/world/effects-of-verbs.js';
import { approves, resolves, type Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';

const sync = act('sync/1', 'table:x', byAction, { recheck: looking });
const look = 'apply sync/1/recheck';
const plan = planOf({
  expand: [sync],
  canary: [expose('a', 5), watch('1'), expose('a', 25), watch('2')],
  promote: [gate('go'), expose('a', 100), watch('3')],
});
const agree: Person = {
  on: 'gate-opened',
  after: 1_000,
  write: (state) => approves(`${state.gate?.step} ${state.gate?.epoch}`, 'ann', ['approvers'])(state),
};
const abort = { type: 'abort', id: 'abort', by: { name: 'tom', groups: [] }, reason: 'stop' } as const;
const applied = (world: Awaited<ReturnType<typeof run>>) =>
  world.trace.calls('apply').map(({ step }) => step);

describe('what an act promised is read again before everybody gets the candidate', () => {
  it('after the leave was given, and not before the canary', async () => {
    const world = await run(plan, { people: [agree] });
    expect(world.ended).toMatchObject({ type: 'completed' });
    expect(applied(world)).toEqual(['sync/1', 'expose/a/5', 'expose/a/25', 'sync/1/recheck', 'expose/a/100']);
    const types = world.trace.events('gate-passed', 'rechecked').map(({ event }) => event.type);
    expect(types).toEqual(['gate-passed', 'rechecked']);
  });

  it('also where a plan exposes everybody outside of promote', async () => {
    const early: Act = { ...expose('a', 100) };
    const world = await run(planOf({ expand: [sync], canary: [early, watch('1')] }));
    expect(applied(world)).toEqual(['sync/1', 'sync/1/recheck', 'expose/a/100']);
  });

  it('exposes nobody more while it does not hold: an operator is asked, and it is read anew', async () => {
    const world = await run(plan, {
      // No time is left for a second attempt.
      behaviours: { [look]: { takes: 40_000, times: 1 } },
      people: [agree, { on: 'needs-operator', after: 5_000, write: resolves('r', 'retry') }],
    });
    expect(world.ended).toMatchObject({ type: 'completed' });
    const [asked] = world.trace.events('needs-operator');
    expect(asked?.event).toMatchObject({
      step: 'sync/1',
      reason: expect.stringMatching(/does not hold any more: .*choose retry, halt/),
    });
    const [, , third] = world.trace.calls('apply').filter(({ step }) => step?.startsWith('expose'));
    expect(third!.index).toBeGreaterThan(world.trace.events('rechecked')[0]!.index);
    const keys = world.trace.calls('apply').filter(({ step }) => step === 'sync/1/recheck');
    expect(keys).toHaveLength(2);
  });

  it('can be aborted while it is read, and takes everything back', async () => {
    const world = await run(plan, {
      behaviours: { [look]: { takes: 60_000, cancel: 'ignores' } },
      people: [agree, { on: 'gate-passed', after: 5_000, write: () => abort }],
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
    expect(applied(world)).not.toContain('expose/a/100');
  });

  it('can be aborted while it is asked, and halted', async () => {
    const failing = { behaviours: { [look]: { times: Infinity } } };
    const on = { on: 'needs-operator', after: 1_000 } as const;
    const aborted = await run(plan, { ...failing, people: [agree, { ...on, write: () => abort }] });
    expect(aborted.ended).toMatchObject({ type: 'rolled-back' });
    const halted = await run(plan, { ...failing, people: [agree, { ...on, write: resolves('h', 'halt') }] });
    expect(halted.ended).toMatchObject({ type: 'halted', reason: expect.stringContaining('sync/1') });
  });

  it('asks for leave again when a hold began while it was read', async () => {
    const world = await run(plan, {
      behaviours: { [look]: { takes: 40_000 } },
      people: [agree],
      sentinel: {
        turns: [],
        outages: [{ from: 55_000, to: 75_000, told: true }],
      },
    });
    expect(world.ended).toMatchObject({ type: 'completed' });
    expect(world.trace.events('approvals-voided')).not.toEqual([]);
    expect(world.trace.events('rechecked')).toHaveLength(2);
  });
});
