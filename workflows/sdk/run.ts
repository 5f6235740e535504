import { workflowInfo, type WorkflowInfo } from '@temporalio/workflow';

/** What is true of a run from its beginning to its end. */
type Facts = Pick<
  WorkflowInfo,
  | 'workflowId'
  | 'workflowType'
  | 'runId'
  | 'firstExecutionRunId'
  | 'continuedFromExecutionRunId'
  | 'startTime'
  | 'memo'
>;

/** Whether the server would begin it again when it has ended: nobody starts a workflow of ours so. */
export function runsAgainByItself(): boolean {
  const { cronSchedule, retryPolicy } = workflowInfo();
  return cronSchedule !== undefined || retryPolicy !== undefined;
}

/** The run that this is. What changes with every workflow task is no part of it: see turns.ts. */
export function thisRun(): Facts {
  return workflowInfo();
}
