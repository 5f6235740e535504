import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { sentinelId } from '../../src/protocol/sentinel.js';

/** How an environment is watched, as the server knows it without asking anybody. */
export interface Pulse {
  readonly sentinel: 'absent' | 'ended' | 'paused' | 'running';
  /**
   * What changes with every heartbeat of the activity that watches; undefined while there is none, because nobody is to
   * be watched or between two shifts.
   */
  readonly beat?: string;
  /** Why it does not beat, as far as the server knows. */
  readonly reason?: string;
}

/** Feels the pulse of an environment's watching. Throws what Temporal's client throws. */
export async function pulseOf(client: Client, environment: string): Promise<Pulse> {
  try {
    const { raw, status, runId } = await client.workflow.getHandle(sentinelId(environment)).describe();
    if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return { sentinel: 'ended' };
    const sentinel = status.name === 'PAUSED' ? 'paused' : 'running';
    const [watching] = raw.pendingActivities ?? [];
    if (!watching) return { sentinel };
    const { activityId, attempt, lastHeartbeatTime, lastStartedTime } = watching;
    const times = [lastStartedTime, lastHeartbeatTime].map(
      (time) => `${Number(time?.seconds ?? 0)}.${time?.nanos ?? 0}`,
    );
    const beat = [runId, activityId, attempt, ...times].join('/');
    return { sentinel, beat, reason: reasonOf(environment, watching) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { sentinel: 'absent' };
    throw error;
  }
}

/** What the server tells of an activity that does not beat. */
interface Watching {
  readonly activityId?: string | null;
  readonly paused?: boolean | null;
  readonly pauseInfo?: {
    readonly manual?: { readonly identity?: string | null; readonly reason?: string | null } | null;
  } | null;
  readonly lastFailure?: { readonly message?: string | null } | null;
}

function reasonOf(environment: string, { activityId, paused, pauseInfo, lastFailure }: Watching): string {
  if (paused) {
    const { identity, reason } = pauseInfo?.manual ?? {};
    const by = `${identity ? ` by ${identity}` : ''}${reason ? ` (${reason})` : ''}`;
    return `the activity that watches is paused in Temporal${by}; temporal activity unpause --workflow-id ${sentinelId(environment)} --activity-id ${activityId}`;
  }
  return `the activity that watches gives no sign of life${lastFailure?.message ? `, last: ${lastFailure.message}` : ''}`;
}
