import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/engine/plan/plan.js';
import { run } from '../support/world.js';
import { act, byAction, expose, planOf, watch } from '../support/world/plans.js';
import { actOf, demand, endingOf, everyRun } from '../support/world/property.js';
import type { Judgement, Subscription } from '../../src/engine/state/values.js';

describe('rule 3: rolled-back is said only of what was read again', () => {
  it('means that the world is as it was, also after everything late has landed (500 runs)', async () => {
    const counts = await everyRun({ runs: 500 }, (world) => {
      if (endingOf(world) !== 'rolled-back') return;
      expect(world.after()).toBe(world.before);
    });
    demand(counts, { 'rolled-back': 60 });
  });

  it('reads every touched target after the last undo (400 runs)', async () => {
    const counts = await everyRun({ runs: 400 }, (world) => {
      if (endingOf(world) !== 'rolled-back') return;
      const { trace, state } = world;
      const last = Math.max(-1, ...trace.ends('undo', 'restore').map(({ index }) => index));
      const touched = new Set<Target>(state.started.map((id) => actOf(world, id).target));
      for (const target of touched) {
        const read = trace
          .ends('verify')
          .filter((end) => end.target === target && end.ok && (end.value as { verified: boolean }).verified);
        const call = trace.calls('verify').findLast((one) => one.target === target);
        expect(read.length, `${target} was verified`).toBeGreaterThan(0);
        expect(call!.index, `${target} was read after the last undo`).toBeGreaterThan(last);
      }
    });
    demand(counts, { 'rolled-back': 50 });
  });

  it('never says rolled-back while a target differs: an operator retries or halts (300 runs)', async () => {
    const counts = await everyRun(
      {
        change: (script, plan) => ({
          ...script,
          behaviours: { ...script.behaviours, [`restore ${lastExposure(plan)}`]: { times: 500 } },
        }),
        plan: { exposes: true },
      },
      (world) => {
        const differs = world.after() !== world.before;
        if (differs && world.state.unwinding) {
          expect(['rolled-back', 'completed']).not.toContain(endingOf(world));
          return ['differs'];
        }
        return [];
      },
    );
    demand(counts, { differs: 1 });
  });

  it('confirms by evidence that looks back no further than the last undo, or is unconfirmed (500 runs)', async () => {
    const counts = await everyRun({ runs: 500, plan: { exposes: true } }, (world) => {
      const { trace, plan, ended } = world;
      if (ended instanceof Error || ended.type !== 'rolled-back') return [];
      const started = world.state.started.length > 0;
      if (ended.unconfirmed) {
        expect(trace.events('unconfirmed')).toHaveLength(1);
        const incidents = trace
          .calls('notify')
          .filter(({ input }) => (input as { urgency: string }).urgency === 'incident');
        expect(incidents.length, 'the rollback and its being unconfirmed').toBeGreaterThanOrEqual(2);
        return ['unconfirmed'];
      }
      if (!started || plan.guards.length === 0) return [];
      const call = trace.calls('judge').at(-1)!;
      const { from, subscription } = call.input as { from: number; subscription: Subscription };
      const judgement = trace.endOf(call.call)!.value as Judgement;
      expect(subscription.percent).toBe(0);
      expect(judgement.last.map(({ verdict }) => verdict)).toEqual(plan.guards.map(() => 'pass'));
      const restored = Math.max(
        0,
        ...trace
          .of('change')
          .filter(({ verb }) => verb !== 'apply')
          .map(({ at }) => at),
      );
      const lookBack = Math.max(...plan.guards.map(({ evidence }) => evidence.lookBack));
      expect(from - restored, 'its look-back has passed the rollback').toBeGreaterThanOrEqual(lookBack);
      return ['confirmed'];
    });
    demand(counts, { confirmed: 8, unconfirmed: 5 });
  });

  it.each(['fail', 'inconclusive', 'error', 'no-evidence'] as const)(
    'is unconfirmed when the baseline stays %s after the rollback',
    async (verdict) => {
      const plan = planOf({ canary: [expose('a', 5), watch('1')] });
      const { ended, trace } = await run(plan, {
        sentinel: { failsFrom: 5, turns: [{ at: 2_500, guard: 0, verdict }] },
      });
      expect(ended).toMatchObject({ type: 'rolled-back', unconfirmed: true });
      expect(trace.events('baseline-confirmed')).toEqual([]);
    },
  );

  it('shows what a stranger had changed, and calls somebody', async () => {
    const plan = planOf({ expand: [act('do/1', 'table:x', byAction)], canary: [expose('a', 5), watch('1')] });
    const { ended, trace } = await run(plan, { sentinel: { failsFrom: 5 }, drift: 'somebody set it to 7' });
    expect(ended).toMatchObject({ type: 'rolled-back' });
    expect(trace.events('drift')[0]?.event.reason).toBe('somebody set it to 7');
    const told = trace.calls('notify').map(({ input }) => input);
    expect(told).toContainEqual({
      rollout: 'rollout/test/sample/1',
      owner: plan.owner,
      urgency: 'incident',
      kind: 'drift',
      text: 'flag:a was not as this rollout left it when it was taken back: somebody set it to 7',
    });
  });
});

function lastExposure(plan: Parameters<typeof run>[0]): string {
  return Object.values(plan.phases)
    .flat()
    .filter((step) => step.type === 'act' && step.exposure)
    .at(-1)!.id;
}
