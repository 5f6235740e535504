import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Runs a workflow's history through today's code. Throws when the code would decide otherwise than it did. */
export async function replay(temporal: Client, workflowId: string): Promise<void> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../../workflows', import.meta.url)),
    logger: Runtime.instance().logger,
  });
  const history = await temporal.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await bundle }, history, workflowId);
}
