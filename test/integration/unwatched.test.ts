import { expect, it } from 'vitest';
import { sentinelId, type SentinelInput } from '../../src/protocol/sentinel.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  openEnvironment,
} from '../support/rollouts.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

it.concurrent(
  'a sentinel that was terminated is there again, and sees the candidate turn bad at a gate',
  () =>
    inEnvironment({}, async (environment) => {
      const { name, temporal } = environment;
      const before = await lookAtWorld(environment);
      const rollout = await environment.start();
      await rollout.waitForGate('approve/go');
      const sentinel = temporal.workflow.getHandle(sentinelId(name));
      const { runId } = await sentinel.describe();
      await temporalCli('workflow', 'terminate', '--workflow-id', sentinelId(name), '--reason', 'slipped');
      await eventually(async () => expect((await sentinel.describe()).runId).not.toBe(runId));
      environment.shop.failing = 0.5;
      const { outcome, journal } = await rollout.ended();

      expect(outcome).toMatchObject({
        type: 'rolled-back',
        reason: expect.stringMatching(/^guard errors failed: .*limit 5 %/),
      });
      expect(eventOf(journal, 'breach')).toMatchObject({ phase: 'promote' });
      expect(await lookAtWorld(environment)).toEqual(before);
    }),
);

it.concurrent(
  'a sentinel that nobody can keep alive: it holds, asks, and rolls back at the second deadline',
  async () => {
    const environment = await openEnvironment();
    try {
      const { name, temporal } = environment;
      const worker = await environment.work();
      await worker.serving;
      const input: SentinelInput = { environment: name, blindAfter: 1_000 };
      await temporal.workflow.start('sentinel', {
        workflowId: sentinelId(name),
        taskQueue: taskQueueOf(name),
        args: [input],
      });
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ canaryFor: '5m', askAfter: '1s', giveUpAfter: '6s' });
      await rollout.waitForWatch('watch/canary-25');
      await environment.work('without activities');
      await worker.stop();

      const { hold } = await rollout.waitFor('a hold', ({ status }) => status === 'holding');
      expect(hold?.reason).toContain(`nobody watches ${name}`);
      await rollout.waitForEvent('unwinding');
      expect(environment.percent()).toBe(25);
      await environment.work();
      const { outcome, journal } = await rollout.ended();

      expect(outcome).toMatchObject({
        type: 'rolled-back',
        reason: expect.stringMatching(new RegExp(`^held too long: .*nobody watches ${name}`)),
      });
      const order = ['hold', 'question', 'unwinding', 'undo-started'] as const;
      const numbers = order.map((type) => eventOf(journal, type).number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(eventsOf(journal, 'watch-passed')).toEqual([]);
      expect(await lookAtWorld(environment)).toEqual(before);
    } finally {
      await environment.close();
    }
  },
);
