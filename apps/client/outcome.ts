import type { WorkflowFailedError } from '@temporalio/client';
import type { Outcome } from '../../src/engine/state/state.js';
import type { OutcomeType } from '../../src/engine/state/values.js';
import { NoAnswer, rootMessage } from '../../activities/temporal/failures.js';

/**
 * How a rollout ended whose workflow closed as failed or cancelled.
 *
 * @param state what its search attribute said last: a cancelled workflow keeps no reason
 * @throws NoAnswer when it was ended from outside, so that nobody knows what was taken back
 */
export function outcomeOfFailure(rollout: string, failure: WorkflowFailedError, state?: string): Outcome {
  const cause: (Error & { type?: string | null; details?: unknown[] | null }) | undefined = failure.cause;
  if (cause?.name === 'CancelledFailure') {
    const type: OutcomeType = state === 'refused' ? 'refused' : 'rolled-back';
    return { type, reason: 'the workflow was cancelled', cancelled: true };
  }
  const [details] = cause?.details ?? [];
  if (isOutcome(details)) return details;
  if (cause?.type === 'Refused') return { type: 'refused', reason: cause.message };
  throw new NoAnswer(
    `${rollout} was ended from outside (${rootMessage(failure)}) and took nothing back; look at it with "switchback journal ${rollout}"`,
  );
}

function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'type' in value && 'reason' in value;
}
