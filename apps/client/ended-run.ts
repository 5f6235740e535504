import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { rootMessage } from '../../activities/temporal/failures.js';
import { askAgain } from '../../src/protocol/decisions.js';

/** Whether an update was not answered because its run is over; another run may go on. */
export function endedWithItsRun(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  if (rootMessage(error) === askAgain) return true;
  return (error.cause as { type?: unknown } | undefined)?.type === 'AcceptedUpdateCompletedWorkflow';
}
