import type { Client } from '@temporalio/client';
import type { LiveReadings } from '../../activities/sentinel/live.js';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { partsOf } from './rollout-id.js';

/** Why a rollout's workflow answers nobody, and what to do. */
export interface StandsStill {
  readonly reason: string;
  readonly fix: string;
}

/** Whether somebody paused a rollout's workflow in Temporal, where it neither goes on nor takes anything back. */
export async function pausedInTemporal(client: Client, rollout: string): Promise<StandsStill | undefined> {
  const { raw, status } = await client.workflow.getHandle(rollout).describe();
  if (status.name !== 'PAUSED') return undefined;
  const { identity, reason, pausedTime } = raw.workflowExtendedInfo?.pauseInfo ?? {};
  const since = pausedTime ? ` since ${timeText(Number(pausedTime.seconds))}` : '';
  const by = identity ? ` by ${identity}` : '';
  const percent = await percentWatched(client, rollout).catch(() => undefined);
  const exposed = percent ? `; up to ${percent} % have the candidate` : '';
  return {
    reason:
      `its workflow is paused in Temporal${since}${by}${reason ? ` (${reason})` : ''}: ` +
      `it neither goes on nor takes anything back${exposed}`,
    fix: `let it go on: temporal workflow unpause --workflow-id ${rollout}`,
  };
}

/** Percent under which the sentinel watches it, from the last heartbeat there was; undefined when that does not tell. */
async function percentWatched(client: Client, rollout: string): Promise<number | undefined> {
  const { defaultPayloadConverter } = await import('@temporalio/common');
  const sentinel = sentinelId(partsOf(rollout)?.environment ?? '');
  const { raw } = await client.workflow.getHandle(sentinel).describe();
  const [payload] = (raw.pendingActivities ?? []).flatMap((one) => one.heartbeatDetails?.payloads ?? []);
  const live: LiveReadings | undefined = payload && defaultPayloadConverter.fromPayload(payload);
  return live?.rollouts?.[rollout]?.percent;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ') + ' UTC';
}
