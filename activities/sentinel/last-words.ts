import type { ActivityCancellationDetails } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import type { BlindSignal } from '../../src/protocol/sentinel.js';
import { sentinelNames } from '../../src/protocol/sentinel.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** How many are signalled at once. */
const atOnce = 100;

/**
 * Why an attempt ends of which the sentinel's workflow hears nothing: somebody paused or reset the activity. Undefined
 * when the workflow ends it itself, or when the server has given it up and begins another.
 */
export function interruptionOf(
  details: ActivityCancellationDetails | undefined,
  sentinel: string,
  activityId: string,
): string | undefined {
  if (details === undefined || details.cancelRequested || details.notFound) return undefined;
  if (details.paused) {
    return (
      'the activity that watches was paused in Temporal, until ' +
      `"temporal activity unpause --workflow-id ${sentinel} --activity-id ${activityId}"`
    );
  }
  return details.reset ? 'the activity that watches was reset in Temporal, and begins anew' : undefined;
}

/** Tells everybody who was watched, as the last thing that an attempt does. Throws when one could not be told. */
export async function sayBlindToAll(
  client: Client,
  watched: readonly Watched[],
  reason: string,
  within: number,
): Promise<void> {
  const alive = watched.filter(({ orphan }) => orphan === undefined);
  const tell = ({ workflowId, number }: Watched) =>
    client.workflow
      .getHandle(workflowId)
      .signal<[BlindSignal]>(sentinelNames.blind, { subscription: number, reason });
  const failures: unknown[] = [];
  await client.withDeadline(Date.now() + within, async () => {
    for (let start = 0; start < alive.length; start += atOnce) {
      const told = await Promise.allSettled(alive.slice(start, start + atOnce).map(tell));
      failures.push(...told.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
    }
  });
  if (failures.length > 0) throw failures[0];
}
