import type { Client } from '@temporalio/client';
import type { Adapter } from '../../activities/adapter.js';
import { createFlagsAdapter } from '../../activities/flags/adapter.js';
import { createJournal } from '../../activities/journal/journal.js';
import { createLocksActivities } from '../../activities/locks/create-locks-activities.js';
import { consoleNotifier } from '../../activities/notify/console.js';
import { createPostgresAdapter } from '../../activities/postgres/adapter.js';
import { recollectRollout } from '../../activities/records/recall.js';
import { createRecords } from '../../activities/records/records.js';
import { createSentinelActivities } from '../../activities/sentinel/create-sentinel-activities.js';
import type { DecisionRequest, JournalEvent, Notice } from '../engine/index.js';
import type { Verbs } from '../engine/ports.js';
import { reveal, taskQueueOf, type Environment } from './config.js';
import { heartbeating } from './locks.js';
import { metricsSourceOf } from './metrics-source.js';
import { authorise, identify } from './people.js';
import { recallFor } from './recall.js';
import { createVerbs, working } from './verbs.js';

/** Everything a worker of one environment does outside workflows. */
export async function createActivities(options: {
  readonly name: string;
  readonly environment: Environment;
  readonly client: Client;
  /** Receives what people are told. */
  readonly tell: (text: string) => void;
  /** A team's own. */
  readonly adapters: readonly Adapter[];
}) {
  const { name, environment, client, tell, adapters } = options;
  const records = createRecords(environment.records);
  const journal = createJournal(environment.records);
  const notifier = consoleNotifier(tell);
  const postgres = createPostgresAdapter({
    environment: name,
    databases: mapValues(environment.databases, ({ url }) => ({ url: reveal(url) })),
  });
  const flags = createFlagsAdapter({ stores: environment.flags });
  const sentinel = createSentinelActivities({
    client,
    environment: name,
    taskQueue: taskQueueOf(name),
    evidence: records.evidence,
    sources: mapValues(environment.metrics, metricsSourceOf),
  });
  const verbs = createVerbs([postgres, flags, ...adapters], records.captures);
  const locks = createLocksActivities({
    client,
    environment: name,
    taskQueue: taskQueueOf(name),
    records,
    verify: verbs.verify,
  });
  const activities = {
    ...verbs,
    ...sentinel,
    judge: (window: Parameters<typeof sentinel.judge>[0]) => working(() => sentinel.judge(window)),
    ...heartbeating(locks),
    recall: recallFor(environment, { ...records, journal }),
    recollect: (input: Verbs['recollect']['in']) => recollectRollout(input, { ...records, journal }),
    identify: ({ by }: { by: string }) => Promise.resolve(identify(environment, by)),
    notify: async (notice: Notice) => {
      await notifier.send(notice);
      return null;
    },
    exportJournal: ({ rollout, events }: { rollout: string; events: readonly JournalEvent[] }) =>
      journal.append(rollout, events),
    authorise: ({ request }: { request: DecisionRequest }) =>
      Promise.resolve(authorise(environment, request)),
  };
  return { activities, close: () => postgres.close() };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
