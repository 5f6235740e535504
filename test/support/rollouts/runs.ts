import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/** The histories of all runs of a workflow that continues as new, the first one first. */
export async function runsOf({ workflow }: Client, workflowId: string): Promise<readonly History[]> {
  const runs: History[] = [];
  const { raw } = await workflow.getHandle(workflowId).describe();
  let runId = raw.workflowExecutionInfo?.firstRunId ?? undefined;
  while (runId) {
    const run = await workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push(run);
    const last = run.events?.at(-1);
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return runs;
}
