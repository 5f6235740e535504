import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';

/** Whether an update was not answered because its run is over; another run may go on. */
export function endedWithItsRun(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  return (error.cause as { type?: unknown } | undefined)?.type === 'AcceptedUpdateCompletedWorkflow';
}
