import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { SentinelInput, WatchInput } from '../../src/protocol/sentinel.js';
import { thisRun } from '../sdk/run.js';

interface Watching {
  watchEnvironment(input: WatchInput): Promise<void>;
}

const defaultBlindAfter = 30_000;

/**
 * Runs the activity that watches until it ends, or until it is to end: then it is cancelled and waited for, so
 * that nothing is in flight when the next run or another build begins. Answers why it was lost, if it was.
 */
export async function supervise(
  { environment, blindAfter = defaultBlindAfter }: SentinelInput,
  shift: number,
  over: () => boolean,
): Promise<string | undefined> {
  const { watchEnvironment } = proxyActivities<Watching>({
    // The activity lives as long as there are subscribers. Its heartbeat tells whether it does.
    startToCloseTimeout: '3650 days',
    heartbeatTimeout: '2s',
    // Not retried by the server: a worker that is missing for so long is told to the subscribers.
    scheduleToStartTimeout: blindAfter,
    retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '2s' },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: `watches ${environment}`,
  });
  const scope = new CancellationScope();
  let ended = false;
  const outcome = scope
    .run(() => {
      const { workflowId, firstExecutionRunId } = thisRun();
      const input = {
        environment,
        sentinelId: workflowId,
        shift: { chain: firstExecutionRunId, number: shift },
      };
      return watchEnvironment(input);
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  void outcome.then(() => (ended = true));
  await condition(() => ended || over());
  if (!ended) scope.cancel();
  const error = await outcome;
  if (error === undefined || over()) return undefined;
  if (isCancellation(error)) throw error;
  return rootMessage(error);
}

function rootMessage(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause !== undefined) return error.cause.message;
  return error instanceof Error ? error.message : String(error);
}
