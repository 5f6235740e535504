import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../../apps/client/ask.js';
import { Calls } from '../../apps/client/calls.js';
import { rootMessage } from '../../activities/temporal/failures.js';
import { askedTooEarly } from '../../workflows/sdk/too-early.js';
import { replayHistory } from '../support/rollouts/replay-history.js';
import { bundled } from '../support/bundle.js';
import { onTemporal, type OnTemporal } from '../support/temporal.js';
import { goSignal, lookQuery, type early } from './fixtures/early.js';
import { eventually } from '../support/eventually.js';

const lateAfter = 300;

const workflows = new URL('./fixtures/early.ts', import.meta.url);
let temporal: OnTemporal;
let client: Client;

beforeAll(async () => {
  temporal = await onTemporal();
  ({ client } = temporal);
});
afterAll(() => temporal?.close());

/** A workflow whose worker has gone when it would be late; `end` ends the activity that it waits for. */
async function abandoned(
  body: (workflow: {
    readonly handle: WorkflowHandle<typeof early>;
    end(): void;
    withWorker<T>(body: () => Promise<T>): Promise<T>;
  }) => Promise<void>,
): Promise<void> {
  const name = randomUUID();
  const [taskQueue, hand] = [`early-${name}`, `hand-${name}`];
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const withWorker = <T>(work: () => Promise<T>) => temporal.during({ taskQueue, workflows }, work);
  await temporal.during(
    { taskQueue: hand, workflows: 'none', activities: { work: () => ended } },
    async () => {
      const handle = await client.workflow.start<typeof early>('early', {
        workflowId: `early/${name}`,
        taskQueue,
        args: [{ hand, lateAfter }],
      });
      const { begun } = await withWorker(() => handle.query(lookQuery));
      await sleep(begun + lateAfter + 200 - Date.now());
      await body({ handle, end, withWorker });
      end();
    },
  );
}

/** Waits until nothing has come to the history but what waits for a task. */
async function untilScheduled(handle: WorkflowHandle): Promise<void> {
  const task = async () => (await handle.describe()).raw.pendingWorkflowTask?.state;
  await eventually(async () => expect(await task()).toBeDefined());
}

async function expectReplay(handle: WorkflowHandle): Promise<void> {
  await replayHistory(await bundled(workflows), await handle.fetchHistory(), handle.workflowId);
}

/** Asks while no worker lives, lets something happen, and lets a worker come. Answers what became of the question. */
async function askTooEarly(happens: 'activity' | 'signal'): Promise<string> {
  let answer = '';
  await abandoned(async ({ handle, end, withWorker }) => {
    const asked = handle.query(lookQuery).then(
      ({ came }) => (came === undefined ? 'not yet' : 'came'),
      (error: unknown) => rootMessage(error),
    );
    if (happens === 'activity') end();
    else await handle.signal(goSignal);
    await untilScheduled(handle);
    await withWorker(async () => {
      answer = await asked;
      end();
      expect(await handle.result()).toBe('late');
    });
    await expectReplay(handle);
  });
  return answer;
}

for (const happens of ['activity', 'signal'] as const)
  it(`nothing is decided at the time before the ${happens} that a query came too early for`, async () => {
    // The task may come before the query: then it is answered from what the task decided, or on a busy machine too late.
    for (let answer = ''; answer !== askedTooEarly;) {
      answer = await askTooEarly(happens);
      expect(answer).not.toBe('not yet');
    }
  });

it('what was ended from outside answers, and its unfinished history replays', () =>
  abandoned(async ({ handle, withWorker }) => {
    await handle.signal(goSignal);
    await untilScheduled(handle);
    await expectReplay(handle);
    await handle.terminate();
    await expectReplay(handle);
    await withWorker(async () => {
      await expect(handle.query(lookQuery)).rejects.toThrow(askedTooEarly);
      const calls = new Calls(client, 'the server');
      expect(await ask({ client, calls }, handle.workflowId, lookQuery.name)).toHaveProperty('begun');
    });
  }));
