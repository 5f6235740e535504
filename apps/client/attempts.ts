import type { Client } from '@temporalio/client';

/**
 * An activity of a rollout that is tried again until its deadline: as a whole when an attempt has failed, or within one
 * that others keep waiting. Times in milliseconds since the epoch.
 */
export interface FailedAttempts {
  /** What it does: `apply`, `undo`, `verify`, or another activity of the rollout. */
  readonly activity: string;
  /** How many attempts have failed; 0 while the first still waits. */
  readonly failed: number;
  /** Why the last one did, or what it waits for. */
  readonly error: string;
  /** When the next begins; absent while one is under way. */
  readonly nextAt?: number;
  /** Somebody paused the activity in Temporal: no attempt begins until this is run. */
  readonly unpause?: string;
}

/** What a rollout tries again, as the server knows it: costs no worker, and the rollout's history nothing. */
export async function failedAttempts(client: Client, rollout: string): Promise<readonly FailedAttempts[]> {
  const { raw } = await client.workflow.getHandle(rollout).describe();
  const { defaultPayloadConverter } = await import('@temporalio/common');
  return (raw.pendingActivities ?? []).flatMap(
    ({ activityType, attempt, lastFailure, ...activity }): readonly FailedAttempts[] => {
      const name = activityType?.name ?? 'an activity';
      if (activity.paused) {
        const { identity, reason } = activity.pauseInfo?.manual ?? {};
        const error = `paused in Temporal${identity ? ` by ${identity}` : ''}${reason ? ` (${reason})` : ''}`;
        const unpause = `temporal activity unpause --workflow-id ${rollout} --activity-id ${activity.activityId}`;
        return [{ activity: name, failed: (attempt ?? 1) - 1, error, unpause }];
      }
      const [payload] = activity.heartbeatDetails?.payloads ?? [];
      const beat =
        payload && defaultPayloadConverter.fromPayload<{ readonly waits?: unknown } | null>(payload);
      const next = activity.nextAttemptScheduleTime;
      // What an attempt has said of itself counts while it is under way, and not of one that failed for another reason.
      const waits = !next && typeof beat?.waits === 'string' ? beat.waits : undefined;
      const error = waits ?? lastFailure?.message;
      if (!error) return [];
      return [
        {
          activity: name,
          failed: (attempt ?? 1) - 1,
          error,
          ...(next && { nextAt: Number(next.seconds) * 1_000 + Math.round((next.nanos ?? 0) / 1e6) }),
        },
      ];
    },
  );
}
