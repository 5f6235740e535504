import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { ask } from '../../src/app/client/ask.js';
import { Calls } from '../../src/app/client/calls.js';
import { rootMessage } from '../../src/app/client/failures.js';
import { bundleWorkflows } from '../../src/app/workflow-bundle.js';
import { askedTooEarly } from '../../workflows/too-early.js';
import { replayHistory } from '../support/rollouts/replay-history.js';
import '../support/servers.js';
import { goSignal, lookQuery, type early } from './fixtures/early.js';

const lateAfter = 300;

let workflowBundle: WorkflowBundleWithSourceMap;
let client: Client;
let connection: NativeConnection;

beforeAll(async () => {
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  // A query that fails so is an error in the worker's log.
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger, telemetryOptions: { logging: { filter } } });
  workflowBundle = await bundleWorkflows(fileURLToPath(new URL('./fixtures/early.ts', import.meta.url)));
  const address = inject('temporalAddress');
  client = new Client({ connection: await Connection.connect({ address }) });
  connection = await NativeConnection.connect({ address });
});

afterAll(async () => {
  await client?.connection.close();
  await connection?.close();
});

/** Runs a worker as long as the body needs it. */
async function during<T>(options: Parameters<typeof Worker.create>[0], body: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({ connection, ...options });
  return worker.runUntil(body);
}

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
  const withWorker = <T>(work: () => Promise<T>) => during({ taskQueue, workflowBundle }, work);
  await during({ taskQueue: hand, activities: { work: () => ended } }, async () => {
    const handle = await client.workflow.start<typeof early>('early', {
      workflowId: `early/${name}`,
      taskQueue,
      args: [{ hand, lateAfter }],
    });
    const { begun } = await withWorker(() => handle.query(lookQuery));
    await sleep(begun + lateAfter + 200 - Date.now());
    await body({ handle, end, withWorker });
    end();
  });
}

/** Waits until nothing has come to the history but what waits for a task. */
async function untilScheduled(handle: WorkflowHandle): Promise<void> {
  const scheduled = async () => (await handle.describe()).raw.pendingWorkflowTask?.state !== undefined;
  while (!(await scheduled())) await sleep(50);
}

async function expectReplay(handle: WorkflowHandle): Promise<void> {
  await replayHistory(workflowBundle, await handle.fetchHistory(), handle.workflowId);
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
    // The task may come before the query: then it is answered from what the task decided.
    for (let answer = ''; answer !== askedTooEarly;) {
      answer = await askTooEarly(happens);
      expect([askedTooEarly, 'came']).toContain(answer);
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
