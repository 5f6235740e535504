import { describe, expect, it } from 'vitest';
import { actsOf } from '../../src/engine/plan/plan.js';
import { Livelock, run } from '../support/world.js';
import { approves, resolves, type Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';
import { actOf, demand, endingOf, everyRun } from '../support/world/property.js';

const purge = (id: string) => act(`purge/${id}`, 'table:x', { type: 'irreversible', because: 'it is gone' });
const agree: Person = {
  on: 'gate-opened',
  after: 1_000,
  write: (state) => approves(`${state.gate?.step} ${state.gate?.epoch}`, 'ann', ['approvers'])(state),
};
const abort = { type: 'abort', id: 'abort', by: { name: 'tom', groups: [] }, reason: 'stop' } as const;

describe('rule 5: past the point of no return nothing is unwound', () => {
  it('takes nothing back once something irreversible has happened (600 runs)', async () => {
    const counts = await everyRun({ runs: 600, script: { verdicts: false, outages: false } }, (world) => {
      const { trace } = world;
      const gone = trace.of('change').find(({ irreversible }) => irreversible);
      if (!gone) return [];
      const later = trace.calls('undo', 'restore').filter(({ index }) => index > gone.index);
      expect(later.map(({ verb, step }) => `${verb} ${step}`)).toEqual([]);
      if (!(world.ended instanceof Error)) expect(['completed', 'halted']).toContain(endingOf(world));
      return ['gone'];
    });
    demand(counts, { gone: 20 });
  });

  it('marks the crossing before the act starts, and unmarks it only for a fence that says none (600 runs)', async () => {
    const counts = await everyRun(
      {
        runs: 600,
        script: { verdicts: false, outages: false, trouble: false },
        change: (script, plan) => {
          const last = actsOf(plan).findLast(({ undo }) => undo.type === 'irreversible');
          const fails = { fails: 'before', times: 100 } as const;
          return last
            ? { ...script, behaviours: { ...script.behaviours, [`apply ${last.id}`]: fails } }
            : script;
        },
      },
      ({ trace, ...world }) => {
        for (const call of trace.calls('apply')) {
          if (actOf({ trace, ...world }, call.step).undo.type !== 'irreversible') continue;
          const crossed = trace
            .events('no-return')
            .some(({ index, event }) => index < call.index && event.step === call.step);
          expect(crossed, `${call.step} crossed before it started`).toBe(true);
        }
        return trace.events('no-return-uncrossed').map(({ index, event }) => {
          const fence = trace.ends('fence').findLast((end) => end.index < index);
          expect(fence).toMatchObject({ ok: true, step: event.step, value: { effect: 'none' } });
          const others = trace
            .calls('apply')
            .filter((call) => call.index < index && call.step !== event.step);
          const earlier = others.filter(
            (call) => actOf({ trace, ...world }, call.step).undo.type === 'irreversible',
          );
          expect(
            earlier.map(({ step }) => step),
            'no other irreversible act had started',
          ).toEqual([]);
          return 'uncrossed';
        });
      },
    );
    demand(counts, { uncrossed: 3 });
  });

  it('stays past the point of no return when a second irreversible act fails without effect', async () => {
    const plan = planOf({
      expand: [act('do/1', 'table:y', byAction)],
      contract: [gate('1'), purge('1'), gate('2'), purge('2')],
    });
    const world = await run(plan, {
      people: [agree, { on: 'needs-operator', after: 1_000, write: resolves('h', 'halt') }],
      behaviours: { 'apply purge/2': { times: Infinity, fails: 'before' } },
    });
    expect(world.trace.calls('undo', 'restore')).toEqual([]);
    expect(world.ended).toMatchObject({ type: 'halted' });
  });

  it.each([
    ['retry', 'completed', 'every step is done and verified'],
    ['skip', 'completed', 'every step is done and verified, but for purge/1, which was skipped'],
    ['halt', 'halted', 'olga halted at purge/1: tested'],
  ] as const)(
    'asks when it fails before that point, and throws nothing away: %s',
    async (choice, type, reason) => {
      const plan = planOf({
        expand: [act('do/1', 'table:y', byAction)],
        promote: [expose('a', 100), watch('1')],
        contract: [gate('1'), purge('1')],
      });
      const world = await run(plan, {
        people: [agree, { on: 'needs-operator', after: 1_000, write: resolves('x', choice) }],
        // No time is left for a second attempt.
        behaviours: { 'apply purge/1': { takes: 40_000, times: 1, fails: 'before' } },
      });
      expect(world.trace.events('no-return-uncrossed')).toHaveLength(1);
      expect(world.trace.calls('undo', 'restore')).toEqual([]);
      expect(world.ended).toEqual({ type, reason });
      expect(world.gone()).toBe(choice === 'retry');
    },
  );

  it('can be aborted while it is asked before that point', async () => {
    const plan = planOf({ expand: [act('do/1', 'table:y', byAction)], contract: [gate('1'), purge('1')] });
    const world = await run(plan, {
      people: [agree, { on: 'needs-operator', after: 1_000, write: () => abort }],
      behaviours: { 'apply purge/1': { times: Infinity, fails: 'before' } },
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
  });

  it('stays past it when a retry fails without effect after a try that had one', async () => {
    const plan = planOf({ expand: [act('do/1', 'table:y', byAction)], contract: [gate('1'), purge('1')] });
    const world = await run(plan, {
      people: [
        agree,
        { on: 'needs-operator', nth: 1, after: 1_000, write: resolves('r', 'retry') },
        { on: 'needs-operator', nth: 2, after: 1_000, write: resolves('h', 'halt') },
      ],
      // The fence of the first try sees half an effect; whatever the second try says, that half is there.
      behaviours: { 'apply purge/1': { times: Infinity, fails: 'half', callsWithEffect: 1 } },
    });
    expect(world.gone()).toBe(true);
    expect(world.trace.calls('undo', 'restore')).toEqual([]);
    expect(world.ended).toMatchObject({ type: 'halted' });
  });

  it.each(['breach', 'abort', 'cancel'] as const)('halts and asks on %s', async (what) => {
    const plan = planOf({
      canary: [expose('a', 5), watch('1')],
      contract: [gate('1'), purge('1'), watch('2', 60_000)],
    });
    const stop = what === 'abort' ? abort : ({ type: 'cancel', reason: 'from outside' } as const);
    const world = await run(plan, {
      people: [
        agree,
        ...(what === 'breach'
          ? []
          : [{ on: 'watch-started' as const, nth: 2, after: 5_000, write: () => stop }]),
        { on: 'needs-operator', after: 1_000, write: resolves('h', 'halt') },
      ],
      sentinel: { turns: what === 'breach' ? [{ at: 35_000, guard: 0, verdict: 'fail' }] : [] },
    });
    expect(world.ended).toMatchObject({ type: 'halted' });
    expect(world.trace.calls('undo', 'restore')).toEqual([]);
  });

  it('goes on when the operator says retry and the cause is gone', async () => {
    const plan = planOf({
      canary: [expose('a', 5), watch('1')],
      contract: [gate('1'), purge('1'), watch('2', 60_000)],
    });
    const world = await run(plan, {
      people: [
        agree,
        { on: 'watch-started', nth: 2, after: 5_000, write: () => abort },
        { on: 'needs-operator', after: 1_000, write: resolves('r', 'retry') },
      ],
    });
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('lets a breach win that was signalled before the start', async () => {
    const plan = planOf({ canary: [expose('a', 5), watch('1')], contract: [gate('1'), purge('1')] });
    const world = await run(plan, {
      people: [agree],
      // The reading waits in the inbox together with the approval that opens the gate.
      together: 5_000,
      sentinel: { turns: [{ at: 21_000, guard: 0, verdict: 'fail' }] },
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.gone()).toBe(false);
  });

  it('waits for an operator without spinning when a hold was on as it halted', async () => {
    const plan = planOf({
      canary: [expose('a', 5), watch('1')],
      contract: [gate('1'), purge('1'), watch('2', 60_000)],
    });
    const world = await run(plan, {
      people: [agree, { on: 'needs-operator', after: 600_000, write: resolves('h', 'halt') }],
      sentinel: { turns: [{ at: 35_000, guard: 0, verdict: 'inconclusive' }] },
    });
    expect(world.ended).not.toBeInstanceOf(Livelock);
    expect(world.ended).toMatchObject({ type: 'halted' });
  });

  it('gives a retried step the whole time of a new hold', async () => {
    const plan = planOf({
      canary: [expose('a', 5), watch('1')],
      contract: [gate('1'), purge('1'), watch('2', 60_000)],
    });
    const world = await run(plan, {
      people: [agree, { on: 'needs-operator', nth: 1, after: 5_000, write: resolves('r', 'retry') }],
      sentinel: {
        turns: [
          { at: 35_000, guard: 0, verdict: 'inconclusive' },
          { at: 150_000, guard: 0, verdict: 'pass' },
        ],
      },
    });
    expect(world.trace.events('needs-operator')).toHaveLength(1);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('does not spin while it fences an irreversible act and hears something', async () => {
    const plan = planOf({ expand: [act('do/1', 'table:y', byAction)], contract: [gate('1'), purge('1')] });
    const world = await run(plan, {
      people: [
        agree,
        { on: 'act-failed', after: 1_000, write: () => abort },
        { on: 'needs-operator', after: 1_000, write: () => ({ ...abort, id: 'again' }) },
      ],
      behaviours: { 'apply purge/1': { times: Infinity }, 'fence purge/1': { takes: 20_000 } },
    });
    expect(world.ended).not.toBeInstanceOf(Livelock);
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.state.decisions.abort).toBeDefined();
  });
});
