import { randomUUID } from 'node:crypto';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';
import { startLocks } from '../../activities/locks/start-locks.js';
import { bundleWorkflows } from '../../src/app/workflow-bundle.js';
import { locksNames } from '../../src/engine/lock-protocol.js';
import type { Asking } from '../../src/engine/locks.js';
import type { LockAnswer } from '../../src/engine/ports.js';
import '../support/servers.js';

it('locks that lose the worker that reads who holds what are open soon all the same', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const address = inject('temporalAddress');
  const client = new Client({ connection: await Connection.connect({ address }) });
  const connection = await NativeConnection.connect({ address });
  const environment = `lost-${randomUUID()}`;
  let dies = (): void => undefined;
  const dead = new Promise<void>((resolve) => (dies = resolve));
  let attempts = 0;
  const worker = await Worker.create({
    connection,
    taskQueue: environment,
    workflowBundle: await bundleWorkflows(),
    activities: {
      async findHolders(): Promise<readonly Asking[]> {
        attempts += 1;
        // As of a worker that was killed, nothing is heard of the first any more.
        if (attempts === 1) await dead;
        return [];
      },
    },
  });
  const asking: Asking = { rollout: 'r', owner: 'o', scope: ['flag:a'], wait: true, askedAt: 1 };
  const [answer] = await worker.runUntil(async () => {
    try {
      const start = startLocks(environment, environment);
      return await client.workflow.executeUpdateWithStart<Workflow, LockAnswer[], [readonly Asking[]]>(
        locksNames.acquire,
        {
          args: [[asking]],
          startWorkflowOperation: new WithStartWorkflowOperation(locksNames.workflow, start),
        },
      );
    } finally {
      dies();
      await client.workflow.getHandle(startLocks(environment, environment).workflowId).terminate();
    }
  });
  expect({ status: answer?.status, attempts }).toEqual({ status: 'granted', attempts: 2 });
  await Promise.all([client.connection.close(), connection.close()]);
});
