import type { Client } from '@temporalio/client';
import type { LiveReadings } from '../../../activities/sentinel/live.js';
import { sentinelId } from '../../analysis/sentinel.js';
import type { GuardReading } from '../../engine/ports.js';

/**
 * A rollout's guards as the sentinel sees them now, from its activity's heartbeat; undefined when nobody watches the
 * rollout. Costs the server one description, and the rollout's history nothing.
 */
export async function liveReadings(
  client: Client,
  environment: string,
  rollout: string,
): Promise<readonly GuardReading[] | undefined> {
  const { defaultPayloadConverter } = await import('@temporalio/common');
  const { raw } = await client.workflow.getHandle(sentinelId(environment)).describe();
  for (const activity of raw.pendingActivities ?? []) {
    const [payload] = activity.heartbeatDetails?.payloads ?? [];
    if (!payload) continue;
    const live: LiveReadings = defaultPayloadConverter.fromPayload(payload);
    const found = live.rollouts?.[rollout];
    if (found) return found.readings;
  }
  return undefined;
}

/** The newest reading of each guard; in the order of the first list, then of the second. */
export function newestReadings(
  reported: readonly GuardReading[],
  live: readonly GuardReading[] = [],
): readonly GuardReading[] {
  const newest = new Map<string, GuardReading>();
  for (const reading of [...reported, ...live]) {
    const known = newest.get(reading.guard);
    if (!known || reading.at >= known.at) newest.set(reading.guard, reading);
  }
  return [...newest.values()];
}
