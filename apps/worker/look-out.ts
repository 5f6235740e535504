import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import type { RecordedExposure } from '../../activities/records/exposed.js';
import type { Exposed } from '../../activities/sentinel/exposed.js';
import { Lookout } from '../../activities/sentinel/lookout.js';
import { Outage } from '../../activities/sentinel/outage.js';
import type { WatchPost } from '../../activities/sentinel/post.js';
import type { Notice } from '../../src/engine/state/values.js';

/** What a worker looks out with. */
interface LookOut {
  readonly client: Client;
  readonly environment: string;
  readonly post: WatchPost;
  /** What the records say of a rollout's exposure. */
  recorded(rollout: string): Promise<RecordedExposure>;
  notify(notice: Notice): Promise<void>;
  byHand(rollout: string): Promise<readonly string[]>;
}

/** Looks, for as long as the worker runs, whether its environment is watched and Temporal answers. */
export function lookOutWith({ recorded, ...given }: LookOut): (signal: AbortSignal) => Promise<void> {
  const warn = (message: string, error: unknown) =>
    Runtime.instance().logger.warn(message, { error: String(error) });
  const exposedAmong = async (rollouts: readonly string[]): Promise<readonly Exposed[]> => {
    const all: Exposed[] = [];
    for (const rollout of rollouts) {
      const { percent, byHand } = await recorded(rollout);
      if (percent > 0) all.push({ rollout, percent, byHand });
    }
    return all;
  };
  const tools = { ...given, exposedAmong, warn };
  const outage = new Outage(tools);
  return (signal) => new Lookout({ ...tools, outage, signal }).run();
}
