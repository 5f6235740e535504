import { expect, it } from 'vitest';
import { sentinelNames, type EvidenceSignal } from '../../src/protocol/sentinel.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import { watch, type Plan } from '../../src/index.js';
import { all, withAct } from '../support/rollouts/plans.js';
import { whileLocked } from '../support/rollouts/stranger.js';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  openEnvironment,
} from '../support/rollouts.js';

const purge = 'purge/shop.customer';

it.concurrent(
  'a purge that gets no lock in time had no effect: a fenced read says so, nothing is taken back, and an operator is asked',
  () =>
    inEnvironment({}, async (environment) => {
      const rollout = await environment.start({}, all(withAct(purge, { within: 6_000 })));
      await rollout.pass('approve/go', { ana: 'update', ben: 'update' });
      await rollout.waitForGate('approve/purge');
      await whileLocked(environment.database, 'access share', async () => {
        await rollout.decideAt('approve/purge', 'ana', { type: 'approve' });
        const { stuck, exposure } = await rollout.waitForOperator(purge);
        expect(stuck).toMatchObject({ choices: ['retry', 'skip', 'halt'] });
        expect([exposure, environment.percent()]).toEqual([100, 100]);
      });
      expect(await rollout.decide('ana', { type: 'resolve', choice: 'retry' })).toMatchObject({
        accepted: true,
      });
      const { outcome, closed, journal } = await rollout.ended();

      expect(outcome).toEqual({ type: 'completed', reason: 'every step is done and verified' });
      expect(closed).toBe('COMPLETED');
      const crossing = ['act-failed', 'no-return-uncrossed', 'needs-operator'] as const;
      const numbers = crossing.map((type) => eventOf(journal, type).number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(eventsOf(journal, 'no-return')).toHaveLength(2);
      expect([...eventsOf(journal, 'unwinding'), ...eventsOf(journal, 'undo-started')]).toEqual([]);
      expect(await environment.database.catalogue()).not.toMatch(/full_name|switchback/);
    }),
);

/** The plan that goes on looking once the old column is gone. */
const watchAfterwards = (plan: Plan): Plan => ({
  ...plan,
  phases: { ...plan.phases, contract: [...plan.phases.contract, watch('purged', { for: '10s' })] },
});

it.concurrent(
  'an abort after the purge takes nothing back: it stands still and asks, and retry goes on to the end',
  () =>
    inEnvironment({}, async (environment) => {
      const rollout = await environment.start({}, all(watchAfterwards));
      await rollout.pass('approve/go', { ana: 'update', ben: 'update' });
      await rollout.pass('approve/purge', { ana: 'update' });
      await rollout.waitForWatch('watch/purged');
      expect(await rollout.decide('carl', { type: 'abort' })).toEqual({
        accepted: true,
        reason: 'past the point of no return: it halts and asks an operator',
      });
      const { stuck, possible, exposure } = await rollout.waitForOperator('watch/purged');
      expect(stuck).toMatchObject({
        choices: ['retry', 'halt'],
        problem: `past the point of no return (${purge}): carl aborted: decided in a test`,
      });
      expect(possible).toContain('resolve');
      expect([exposure, environment.percent()]).toEqual([100, 100]);
      const called = expect.stringContaining('needs an operator at watch/purged') as string;
      await eventually(() => expect(environment.told).toContainEqual(called));

      expect(await rollout.decide('carl', { type: 'resolve', choice: 'retry' })).toMatchObject({
        accepted: false,
      });
      expect(await rollout.decide('ana', { type: 'resolve', choice: 'retry' })).toMatchObject({
        accepted: true,
      });
      const { outcome, journal } = await rollout.ended();
      expect(outcome).toEqual({ type: 'completed', reason: 'every step is done and verified' });
      expect([...eventsOf(journal, 'unwinding'), ...eventsOf(journal, 'undo-started')]).toEqual([]);
      expect(eventsOf(journal, 'act-started', purge)).toHaveLength(1);
      expect(await environment.database.catalogue()).not.toMatch(/full_name|switchback/);
    }),
);

it('a breach that was signalled before the purge starts wins, also over leave that was given before it', async () => {
  const environment = await openEnvironment();
  try {
    const worker = await environment.work();
    const before = await lookAtWorld(environment);
    const rollout = await environment.start();
    await rollout.pass('approve/go', { ana: 'update', ben: 'update' });
    await rollout.waitForGate('approve/purge');
    const leave = await rollout.request('ana', { type: 'approve' });
    const { readings } = await rollout.status();
    // While nobody works, leave and breach pile up, in this order.
    await worker.stop();
    const handle = environment.temporal.workflow.getHandle(rollout.id);
    await handle.signal<[DecisionRequest]>('decide', leave);
    const failed = readings.map((reading) => ({
      ...reading,
      verdict: 'fail' as const,
      reason: 'seen too late',
    }));
    const subscription = await newestSubscription();
    await handle.signal<[EvidenceSignal]>(sentinelNames.evidence, { subscription, readings: failed });
    await environment.work();
    const { outcome, journal } = await rollout.ended();

    expect(outcome).toMatchObject({ type: 'rolled-back', reason: expect.stringContaining('seen too late') });
    expect(eventsOf(journal, 'act-started', purge)).toEqual([]);
    expect(eventsOf(journal, 'no-return')).toEqual([]);
    expect(await lookAtWorld(environment)).toEqual(before);

    /** The number of what the sentinel was asked last. */
    async function newestSubscription(): Promise<number> {
      const { events } = await handle.fetchHistory();
      const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
        signal?.signalName === sentinelNames.evidence ? [signal.input?.payloads?.[0]?.data] : [],
      );
      const numbers = signals.map(
        (data) => (JSON.parse(new TextDecoder().decode(data ?? undefined)) as EvidenceSignal).subscription,
      );
      return Math.max(...numbers);
    }
  } finally {
    await environment.close();
  }
});
