import type { Client } from '@temporalio/client';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../../../src/app/workflow-bundle.js';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Runs a workflow's history through today's code. Throws when the code would decide otherwise than it did. */
export async function replay(temporal: Client, workflowId: string): Promise<void> {
  bundle ??= bundleWorkflows();
  const history = await temporal.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await bundle }, history, workflowId);
}
