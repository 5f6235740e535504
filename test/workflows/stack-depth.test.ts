import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';
import { bundleWorkflows } from '../../src/app/workflow-bundle.js';
import '../support/servers.js';

it('an error in a workflow says where it was made, and no more: each promise would say as much', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const address = inject('temporalAddress');
  const client = new Client({ connection: await Connection.connect({ address }) });
  const connection = await NativeConnection.connect({ address });
  const taskQueue = `deep-${randomUUID()}`;
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundleWorkflows(fileURLToPath(new URL('fixtures/deep.ts', import.meta.url))),
  });
  const stack = await worker.runUntil(
    client.workflow.execute<() => Promise<string>>('deep', { taskQueue, workflowId: taskQueue }),
  );
  expect(stack.split('\n')).toEqual(['Error: lost', expect.stringMatching(/at inner \(.*deep\.ts:/)]);
  await Promise.all([client.connection.close(), connection.close()]);
});
