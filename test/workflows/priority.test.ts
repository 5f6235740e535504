import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLocks } from '../../activities/temporal/start-locks.js';
import { startSentinel } from '../../activities/temporal/start-sentinel.js';
import { sentinelNames } from '../../src/protocol/sentinel.js';
import { locksNames } from '../../src/protocol/locks.js';
import { eventually } from '../support/eventually.js';
import { onTemporal, type OnTemporal } from '../support/temporal.js';

let temporal: OnTemporal;
let client: Client;
beforeAll(async () => {
  temporal = await onTemporal();
  ({ client } = temporal);
});
afterAll(() => temporal?.close());

/** When the first workflow task began; waits for it. */
async function begunAt(handle: WorkflowHandle): Promise<number> {
  const started = async () => {
    const { events } = await handle.fetchHistory();
    return events?.find(({ workflowTaskStartedEventAttributes: task }) => task)?.eventTime;
  };
  const at = await eventually(async () => (await started()) ?? expect.fail('no task has begun'));
  return Number(at.seconds) * 1_000 + Number(at.nanos) / 1e6;
}

it('sentinel and locks come before what waits in the queue, also when they came last', async () => {
  const name = `priority-${randomUUID().slice(0, 8)}`;
  const input = { environment: name };
  // Any workflow of the same queue stands for a rollout: it is the task that waits, whatever it does.
  const others = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      client.workflow.start(locksNames.workflow, {
        taskQueue: name,
        workflowId: `other/${name}/${index}`,
        args: [{ format: 1, ...input }],
      }),
    ),
  );
  const first = await Promise.all([
    client.workflow.start(locksNames.workflow, startLocks(name, name)),
    client.workflow.start(sentinelNames.workflow, startSentinel(input, name)),
  ]);
  const worker = await temporal.worker({
    taskQueue: name,
    maxCachedWorkflows: 0,
    maxConcurrentWorkflowTaskExecutions: 1,
    activities: { findHolders: () => Promise.resolve([]) },
  });
  const all = [...first, ...others];
  await worker.runUntil(async () => {
    const times = await Promise.all(all.map(begunAt));
    const before = first.map(
      (_, index) => others.filter((__, other) => times[first.length + other]! < times[index]!).length,
    );
    // A few are on their way already; in order of arrival nearly all would come before.
    for (const count of before) expect(count).toBeLessThan(others.length / 2);
  });
  await Promise.all(all.map((handle) => handle.terminate()));
});
