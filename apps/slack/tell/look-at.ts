import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { RolloutClient } from '../../client/client.js';
import { withLive } from '../../client/client.js';
import { directoryOf } from '../../config/identity/directory.js';
import type { Environment } from '../../config/config.js';
import type { Slack } from '../../config/slack.js';
import type { Told } from '../say/speaking.js';

/** What a look at rollouts needs. */
export interface Looking {
  readonly client: Pick<RolloutClient, 'status' | 'readings' | 'plan' | 'journal'>;
  /** All that a rollout has done, oldest first: its workflow knows only the newest of it. */
  history(rollout: string): Promise<readonly JournalEvent[]>;
  readonly slack: Slack;
  now(): Environment;
}

/** A rollout as it is now, with what the sentinel sees. Throws what its client throws. */
export async function lookAt({ client, slack, history, now }: Looking, rollout: string): Promise<Told> {
  const [report, live, plan, events] = await Promise.all([
    client.status(rollout),
    client.readings(rollout),
    client.plan(rollout),
    history(rollout),
  ]);
  return {
    report: withLive(report, live),
    plan,
    events,
    directory: directoryOf(now()),
    now: Date.now(),
    ...(slack.link !== undefined && { link: slack.link }),
  };
}
