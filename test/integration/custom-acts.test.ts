import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openQueueService, type QueueService } from '../../demo/queue/service.js';
import resizeConsumers from '../../runbooks/resize-consumers.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import {
  eventOf,
  eventsOf,
  openEnvironment,
  type TestEnvironment,
  type TestRollout,
} from '../support/rollouts.js';

const adapter = fileURLToPath(new URL('../../demo/queue/adapter.ts', import.meta.url));

const quickly = {
  consumers: [8, 16],
  watchFor: '500ms',
  decideWithin: '2m',
  sampleEvery: '250ms',
  lookBack: '1500ms',
  minRequests: 10,
};

function latch(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((open) => (resolve = open));
  return { promise, resolve };
}

interface Given {
  readonly environment: TestEnvironment;
  readonly queue: QueueService;
  readonly rollout: TestRollout;
}

interface Options {
  readonly consumers?: readonly number[];
  readonly settings?: JsonObject;
  /** A worker of one's own is started when none is named. */
  readonly worker?: 'none';
  readonly busyUntil?: Promise<void>;
}

/** A rollout of the runbook in an environment whose workers load the queue's adapter. */
async function resizing(
  { consumers = [8, 16], settings = {}, worker, busyUntil }: Options,
  body: (given: Given) => Promise<void>,
): Promise<void> {
  const queue = await openQueueService({ orders: 4 });
  if (busyUntil) queue.busyUntil = busyUntil;
  const environment = await openEnvironment({
    configure: (given) => ({
      ...given,
      adapters: { queue: { module: adapter, settings: { url: queue.url, ...settings } } },
    }),
  });
  try {
    if (!worker) await environment.work();
    const plan = resizeConsumers.evaluate({ ...quickly, consumers });
    const rollout = await environment.start({}, () => plan);
    await body({ environment, queue, rollout });
  } finally {
    await environment.close();
    await queue.close();
  }
}

const untilActing = (rollout: TestRollout) =>
  rollout.waitFor('the act under way', ({ steps }) =>
    steps.some(({ id, status }) => id === 'act/resize-orders-to-8' && status === 'running'),
  );

it.concurrent("carries a team's own acts to the end", () =>
  resizing({}, async ({ queue, rollout }) => {
    await rollout.pass('approve/keep', { ana: 'update' });
    const { outcome, journal } = await rollout.ended();

    expect(outcome.type).toBe('completed');
    expect(queue.consumers('orders')).toBe(16);
    expect(eventOf(journal, 'captured').evidence).toEqual({ consumers: 4 });
    expect(eventsOf(journal, 'act-done').map(({ step, evidence }) => [step, evidence])).toEqual([
      ['act/resize-orders-to-8', { before: { consumers: 4 }, after: { consumers: 8 } }],
      ['act/resize-orders-to-16', { before: { consumers: 8 }, after: { consumers: 16 } }],
    ]);
  }),
);

it.concurrent('takes them back when somebody rejects, and reads the target again', () =>
  resizing({}, async ({ queue, rollout }) => {
    await rollout.decideAt('approve/keep', 'ana', { type: 'reject' });
    const { outcome, journal } = await rollout.ended();

    expect(outcome.type).toBe('rolled-back');
    expect(outcome).not.toHaveProperty('unconfirmed');
    expect(queue.consumers('orders')).toBe(4);
    expect(eventsOf(journal, 'undone').map(({ step }) => step)).toEqual([
      'act/resize-orders-to-16',
      'act/resize-orders-to-8',
    ]);
    expect(eventOf(journal, 'verified')).toMatchObject({
      reason: 'queue:orders: reads as captured',
      evidence: { state: { consumers: 4 } },
    });
  }),
);

it.concurrent('takes back a request that is on its way when the rollout is aborted', async () => {
  const busy = latch();
  await resizing({ consumers: [8], busyUntil: busy.promise }, async ({ queue, rollout }) => {
    await untilActing(rollout);
    await rollout.decide('carl', { type: 'abort' });
    busy.resolve();
    const { outcome } = await rollout.ended();
    expect(outcome.type).toBe('rolled-back');
    expect(queue.consumers('orders')).toBe(4);
  });
});

it.concurrent('goes on after its worker was killed in the middle of an act', async () => {
  const busy = latch();
  const options = { consumers: [8], worker: 'none', busyUntil: busy.promise } as const;
  await resizing(options, async ({ environment, queue, rollout }) => {
    const worker = await environment.work('elsewhere');
    await untilActing(rollout);
    await worker.kill();
    busy.resolve();
    await environment.work('elsewhere');
    await rollout.pass('approve/keep', { ana: 'update' });
    const { outcome, journal } = await rollout.ended();
    expect(outcome.type).toBe('completed');
    expect(eventOf(journal, 'act-done').evidence).toEqual({
      before: { consumers: 4 },
      after: { consumers: 8 },
    });
    expect(queue.consumers('orders')).toBe(8);
  });
});

it.concurrent('refuses a plan whose act does not fit before anything is changed', () =>
  resizing({ settings: { limit: 12 } }, async ({ queue, rollout }) => {
    const { outcome } = await rollout.ended();
    expect(outcome).toMatchObject({
      type: 'refused',
      reason: expect.stringContaining('queue orders: may have 12 consumers; ask for fewer'),
    });
    expect(queue.consumers('orders')).toBe(4);
  }),
);
