import type { Client } from '@temporalio/client';
import type { LiveReadings } from '../../../activities/sentinel/live.js';
import { sentinelId } from '../../analysis/sentinel.js';
import type { GuardReading } from '../../engine/ports.js';
import type { StatusReport } from '../../engine/report.js';

/** Milliseconds; a heartbeat comes each second, and clocks of two machines may differ. */
const freshFor = 30_000;

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
    // What a worker said outlives it.
    if (Date.now() - live.at > freshFor) continue;
    const found = live.rollouts?.[rollout];
    if (found) return found.readings;
  }
  return undefined;
}

/**
 * A report with what the sentinel sees now: a rollout hears only of another verdict, and not that the reason is another
 * or the number newer.
 */
export function withLive<R extends StatusReport>(report: R, live: readonly GuardReading[] = []): R {
  const readings = newest(report.readings, live);
  return { ...report, readings, why: { ...report.why, evidence: newest(report.why.evidence, live) } };
}

/** The newest reading of each guard; in the order of the first list, then of the second. */
function newest(reported: readonly GuardReading[], live: readonly GuardReading[]): readonly GuardReading[] {
  const found = new Map<string, GuardReading>();
  for (const reading of [...reported, ...live]) {
    const known = found.get(reading.guard);
    if (!known || reading.at >= known.at) found.set(reading.guard, reading);
  }
  return [...found.values()];
}
