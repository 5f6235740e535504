import type { Client } from '@temporalio/client';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../../../src/app/workflow-bundle.js';
import { replayHistory } from './replay-history.js';
import { runsOf } from './runs.js';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Runs the histories of all of a workflow's runs through today's code. Throws when it would decide otherwise. */
export async function replay(temporal: Client, workflowId: string): Promise<void> {
  bundle ??= bundleWorkflows();
  for (const history of await runsOf(temporal, workflowId))
    await replayHistory(await bundle, history, workflowId);
}
