import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import { createFlagsAdapter } from '../../activities/flags/adapter.js';
import { createLocksActivities } from '../../activities/locks/locks-activities.js';
import { deliverNotices } from '../../activities/notify/post-office.js';
import { createPostgresAdapter } from '../../activities/postgres/adapter.js';
import { recordedExposure } from '../../activities/records/exposed.js';
import { recollectRollout } from '../../activities/records/recall.js';
import { WatchPost } from '../../activities/sentinel/post.js';
import { createLookAt } from '../../activities/sentinel/look-at.js';
import type { Records } from '../../activities/records/records.js';
import { exporterOf } from './export-journal.js';
import { createSentinelActivities } from '../../activities/sentinel/sentinel-activities.js';
import type { Notice } from '../../src/engine/state/values.js';
import type { Authorising, Starting } from '../../src/protocol/decisions.js';
import type { LocksActivities } from '../../src/protocol/locks.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import { adaptersOf, schemaOf } from '../../src/drill/ground.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { reveal, type Environment } from '../config/config.js';
import { inWords, type RereadEnvironment } from '../config/reread.js';
import type { CheckInput } from '../../src/protocol/check.js';
import { checkPeople } from './check-people.js';
import { clonedFrom } from './drill/cloned.js';
import { adapterVersions } from './drill/versions.js';
import { drillingWith, syntheticSources } from './drill/drilling.js';
import { checkPolicy } from './rights/check.js';
import { houseActivities, withHouse } from './house.js';
import { framed } from './framed.js';
import { lookOutWith } from './look-out.js';
import { metricsSourceOf } from './metrics-source.js';
import { channelsOf, notifierOf } from './notifier.js';
import { authorise, identify } from './people.js';
import { admitStart } from './signed/admit-start.js';
import { lookupsWith } from './signed/lookups.js';
import { recallFor } from './recall-activity.js';
import { createVerbs } from './perform-verbs.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

/** Everything a worker of one environment does outside workflows. */
export async function createActivities(options: {
  readonly name: string;
  readonly environment: Environment;
  /** The same, with its policy as of now. */
  readonly policy: RereadEnvironment;
  /** Path of the configuration file. */
  readonly config: string;
  readonly client: Client;
  readonly records: Records;
  /** Receives what people are told. */
  readonly tell: (text: string) => void;
  /** A team's own. */
  readonly adapters: readonly Adapter[];
  /** Of this worker. */
  readonly build: string;
}) {
  const { name, policy, config, client, records, tell, adapters } = options;
  // What is configured for a drill is only cloned: its rollouts never reach it.
  const cloned = options.environment.kind === 'drill' ? clonedFrom(name, options.environment) : undefined;
  const environment = cloned?.environment ?? options.environment;
  const lookups = lookupsWith(client, name, records.delegations);
  const channels = channelsOf(environment);
  const notifier = notifierOf(name, environment, channels, records.notices, tell);
  const postgres = createPostgresAdapter({
    environment: name,
    kind: environment.kind,
    databases: mapValues(environment.databases, ({ url }) => ({ url: reveal(url) })),
  });
  const flags = createFlagsAdapter({ stores: environment.flags });
  const all = [postgres, flags, ...adapters];
  const post = new WatchPost();
  const recorded = (rollout: string) => recordedExposure(rollout, records, all);
  const calls = {
    notify: (notice: Notice) => notifier.send(notice),
    byHand: async (rollout: string) => (await recorded(rollout)).byHand,
  };
  const sentinel = createSentinelActivities({
    lookAt: createLookAt(all),
    client,
    environment: name,
    taskQueue: taskQueueOf(name),
    evidence: records.evidence,
    sources: {
      ...mapValues(environment.metrics, metricsSourceOf),
      ...syntheticSources(environment, records.drills),
    },
    ...calls,
    post,
  });
  const verbs = createVerbs(all, records.captures);
  const locks = createLocksActivities({
    client,
    environment: name,
    taskQueue: taskQueueOf(name),
    records,
    verify: verbs.verify,
  });
  const notify = async (notice: Notice) => {
    await notifier.send(await withWayBack(notice, calls.byHand));
    return null;
  };
  const versions = (names: readonly string[]) => adapterVersions(environment, config, names);
  const drilling = cloned && drillingWith({ ...options, cloned, versions, apply: verbs.apply, all });
  const groundOf = async (plan: Plan) => {
    const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
    const captures = await records.captures.list(workflowId);
    return { adapters: await versions(adaptersOf(plan)), schema: schemaOf(captures) };
  };
  const activities = framed({
    ...verbs,
    ...drilling,
    ...sentinel,
    ...houseActivities(async () => (await policy.current()).environment, config, groundOf),
    check: (input: Verbs['check']['in'], work: Work) => withHouse(environment, verbs.check(input, work)),
    checkPeople: async ({ plan, fromFile }: Pick<CheckInput, 'plan' | 'fromFile'>) => {
      const { environment: now } = await policy.current();
      return now.kind === 'shared' ? checkPolicy(now, plan, fromFile) : checkPeople(plan, now.people);
    },
    ...locks,
    recall: recallFor(async () => (await policy.current()).environment, records),
    recollect: (input: Verbs['recollect']['in']) => withHouse(environment, recollectRollout(input, records)),
    identify: async ({ by, requests }: Parameters<LocksActivities['identify']>[0]) => {
      const { environment: now } = await policy.current();
      return Promise.all(by.map((who, index) => identify(now, name, who, requests?.[index], lookups)));
    },
    admitStart: async (starting: Starting) =>
      admitStart(name, (await policy.current()).environment, records.admissions, starting),
    notify,
    exportJournal: exporterOf(records.journal, client),
    authorise: async ({ requests, ...about }: Authorising) => {
      const { environment: now, stale } = await policy.current();
      const older = stale && { olderPolicy: inWords(stale) };
      return Promise.all(
        requests.map(async (request) => ({ ...(await authorise(now, about, request, lookups)), ...older })),
      );
    },
  });
  const lookOut = lookOutWith({ client, environment: name, post, recorded, ...calls });
  const deliver = (signal: AbortSignal) => deliverNotices(records.notices, channels, signal);
  // A clone that a killed drill left half made is made anew, and nothing is applied to it before.
  const requireOwned = () => (cloned ? Promise.resolve() : postgres.requireOwned());
  return { activities, notify, lookOut, deliver, requireOwned, close: () => postgres.close() };
}

/** Whoever is called about exposure that stays hears what a hand can do. */
async function withWayBack(
  notice: Notice,
  byHand: (rollout: string) => Promise<readonly string[]>,
): Promise<Notice> {
  if (notice.kind !== 'still-exposed' || notice.urgency !== 'incident') return notice;
  return { ...notice, todo: await byHand(notice.rollout).catch(() => []) };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
