import type { Client } from '@temporalio/client';
import type { LiveReadings } from '../../activities/sentinel/live.js';
import { sentinelId } from '../../src/protocol/sentinel.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import { exposureBy } from '../../src/engine/state/exposed.js';
import type { Look } from '../../src/engine/state/look.js';
import type { GuardReading } from '../../src/engine/state/values.js';

/** Milliseconds; a heartbeat comes each second, and clocks of two machines may differ. */
const freshFor = 30_000;

/** A rollout's guards and exposed targets as the sentinel sees them now. */
export interface LiveView {
  readonly readings: readonly GuardReading[];
  readonly looks: readonly Look[];
}

/**
 * A rollout's guards as the sentinel sees them now, from its activity's heartbeat; undefined when nobody watches the
 * rollout. Costs the server one description, and the rollout's history nothing.
 */
export async function liveReadings(
  client: Client,
  environment: string,
  rollout: string,
): Promise<LiveView | undefined> {
  const { defaultPayloadConverter } = await import('@temporalio/common');
  const { raw } = await client.workflow.getHandle(sentinelId(environment)).describe();
  for (const activity of raw.pendingActivities ?? []) {
    const [payload] = activity.heartbeatDetails?.payloads ?? [];
    if (!payload) continue;
    const live: LiveReadings = defaultPayloadConverter.fromPayload(payload);
    // What a worker said outlives it.
    if (Date.now() - live.at > freshFor) continue;
    const found = live.rollouts?.[rollout];
    if (found) return { readings: found.readings, looks: found.looks ?? [] };
  }
  return undefined;
}

/**
 * A report with what the sentinel sees now: a rollout hears only of another verdict, and not that the reason is another
 * or the number newer.
 */
export function withLive<R extends StatusReport>(report: R, live?: LiveView): R {
  if (!live) return report;
  const readings = newest(report.readings, live.readings);
  const looks = live.looks.length > 0 && !report.outcome ? exposureBy(report, live.looks) : {};
  return {
    ...report,
    ...looks,
    readings,
    why: { ...report.why, evidence: newest(report.why.evidence, live.readings) },
  };
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
