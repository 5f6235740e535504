import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { expect, it } from 'vitest';
import { startLocks } from '../../activities/temporal/start-locks.js';
import { locksNames, type Asking } from '../../src/protocol/locks.js';
import { onTemporal } from '../support/temporal.js';
import type { LockAnswer } from '../../src/engine/state/values.js';

it('locks that lose the worker that reads who holds what are open soon all the same', async () => {
  const temporal = await onTemporal();
  const { client } = temporal;
  const environment = `lost-${randomUUID()}`;
  let dies = (): void => undefined;
  const dead = new Promise<void>((resolve) => (dies = resolve));
  let attempts = 0;
  const worker = await temporal.worker({
    taskQueue: environment,
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
  await temporal.close();
});
