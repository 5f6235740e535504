import type { Client } from '@temporalio/client';

/** An activity of a rollout that has failed and is tried again until its deadline. Times in milliseconds since the epoch. */
export interface FailedAttempts {
  /** What it does: `apply`, `undo`, `verify`, or another activity of the rollout. */
  readonly activity: string;
  /** How many attempts have failed. */
  readonly failed: number;
  /** Why the last one did. */
  readonly error: string;
  /** When the next begins; absent while one is under way. */
  readonly nextAt?: number;
}

/** What a rollout tries again, as the server knows it: costs no worker, and the rollout's history nothing. */
export async function failedAttempts(client: Client, rollout: string): Promise<readonly FailedAttempts[]> {
  const { raw } = await client.workflow.getHandle(rollout).describe();
  return (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure, ...activity }) => {
    if (!lastFailure?.message) return [];
    const nextAt = Number(activity.nextAttemptScheduleTime?.seconds ?? 0) * 1_000;
    const waits = nextAt > Date.now();
    return [
      {
        activity: activityType?.name ?? 'an activity',
        failed: (attempt ?? 1) - 1,
        error: lastFailure.message,
        ...(waits && { nextAt }),
      },
    ];
  });
}
