import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/**
 * The histories of all runs of a workflow that continues as new, the first one first; of one that was reset, of the run
 * that began then.
 */
export async function runsOf({ workflow }: Client, workflowId: string): Promise<readonly History[]> {
  const runs: History[] = [];
  const newest = await workflow.getHandle(workflowId).describe();
  let runId = newest.raw.workflowExecutionInfo?.firstRunId ?? undefined;
  while (runId) {
    const run = await workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push(run);
    const last = run.events?.at(-1);
    if (last?.workflowExecutionTerminatedEventAttributes)
      return [await workflow.getHandle(workflowId, newest.runId).fetchHistory()];
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return runs;
}
