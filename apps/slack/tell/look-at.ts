import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { RolloutClient } from '../../client/client.js';
import { withLive } from '../../client/client.js';
import { directoryOf } from '../../config/identity/directory.js';
import type { Environment } from '../../config/config.js';
import type { Slack } from '../../config/slack.js';
import type { Told } from '../say/speaking.js';
import type { Worst } from './worst.js';

/** What a look at rollouts needs. */
export interface Looking {
  readonly client: Pick<RolloutClient, 'status' | 'readings' | 'plan' | 'journal'>;
  /** All that a rollout has done, oldest first: its workflow knows only the newest of it. */
  history(rollout: string): Promise<readonly JournalEvent[]>;
  readonly slack: Slack;
  /** Where evidence can be read. */
  readonly worst?: Worst;
  now(): Environment;
}

/** A rollout as it is now, with what the sentinel sees. Throws what its client throws. */
export async function lookAt(looking: Looking, rollout: string): Promise<Told> {
  const { client, slack, history, now } = looking;
  const [report, live, plan, events] = await Promise.all([
    client.status(rollout),
    client.readings(rollout),
    client.plan(rollout),
    history(rollout),
  ]);
  const worst = report.gate && (await looking.worst?.(rollout, plan, events));
  return {
    report: withLive(report, live),
    ...(worst && { worst }),
    plan,
    events,
    directory: directoryOf(now()),
    now: Date.now(),
    ...(slack.link !== undefined && { link: slack.link }),
  };
}
