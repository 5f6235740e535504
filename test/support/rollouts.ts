import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { writeInitialFlags } from '../../demo/shop/initial-flags.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { type RolloutClient, type Started, type StartRequest } from '../../apps/client/client.js';
import { freshKey, rolloutId } from '../../apps/client/rollout-id.js';
import { startOptions } from '../../apps/client/start-options.js';
import { rolloutType } from '../../src/protocol/rollout.js';
import type { Configuration, Environment } from '../../apps/config/config.js';
import { localConfiguration } from '../../demo/stack/local-configuration.js';
import type { Kind } from '../../src/protocol/kind.js';
import { locksId } from '../../src/protocol/locks.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { freshRecords, type FreshRecords } from './records.js';
import { openShopDatabase, type ShopDatabase } from './rollouts/database.js';
import { TestRollout } from './rollouts/rollout.js';
import { flagPercent, openStorefront, type Storefront } from './rollouts/storefront.js';
import {
  prepareWorker,
  workElsewhere,
  workWithoutActivities,
  type OtherBuild,
  type RunningWorker,
} from './rollouts/worker.js';
import { eventually } from './eventually.js';
import './servers.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { connect } from '../../apps/client/connect.js';

export { eventually } from './eventually.js';
export { eventOf, eventsOf, type Ended, type TestRollout } from './rollouts/rollout.js';

/** The runbook's parameters for tests: the same plan, in fractions of seconds. */
export const quick = {
  canary: [25],
  canaryFor: '600ms',
  soakFor: '400ms',
  promotedFor: '400ms',
  retiredFor: '400ms',
  decideWithin: '2m',
  drain: '200ms',
  sampleEvery: '250ms',
  lookBack: '1500ms',
  minRequests: 10,
  preflightWithin: '30s',
  askAfter: '10s',
  giveUpAfter: '1m',
};

/** An environment of one test's own, and everything a rollout meets in it. */
export interface TestEnvironment {
  readonly name: string;
  readonly client: RolloutClient;
  readonly temporal: Client;
  readonly shop: Storefront;
  readonly database: ShopDatabase;
  readonly flagFile: string;
  /** Path of the configuration. */
  readonly config: string;
  readonly records: FreshRecords;
  /** What people were told. */
  readonly told: readonly string[];
  /** Percent that gets the candidate, as an application reads it. */
  percent(): number | undefined;
  /** The flag file's bytes. */
  flags(): Promise<string>;
  work(where?: 'here' | 'elsewhere' | 'without activities'): Promise<RunningWorker>;
  /** A worker of another build, once it is known which build has new rollouts. */
  workAs(build: OtherBuild): Promise<RunningWorker>;
  /** Makes a worker that runs at once when what is answered is called; it must be called. */
  prepare(): Promise<() => RunningWorker>;
  /** Starts the runbook with other parameters than `quick`, or with a changed plan. */
  start(params?: JsonObject, change?: (plan: Plan) => Plan, more?: StartMore): Promise<TestRollout>;
  /** A rollout that was started in another way. */
  follow(id: string): Promise<TestRollout>;
  close(): Promise<void>;
}

/** How else a rollout may be started. */
export interface StartMore {
  readonly wait?: false;
  /** History events after which it goes on in a new run: no user needs that, so it is started past the client. */
  readonly continueAfter?: number;
  /** History events after which an act is cut short for the next run. */
  readonly overflowsAfter?: number;
}

export interface EnvironmentOptions {
  /** What its records are marked with; `local` when absent. */
  readonly kind?: Kind;
  readonly customers?: number;
  /** How many workflows a worker in the process of the test keeps in memory. */
  readonly cached?: number;
  /** Changes the environment's configuration before it is written. */
  readonly configure?: (
    environment: Environment,
    database: ShopDatabase,
  ) => Environment | Promise<Environment>;
}

/** Opens an environment without a worker: call `work`. */
export async function openEnvironment(options: EnvironmentOptions = {}): Promise<TestEnvironment> {
  const { customers = 500, cached, kind, configure = (environment) => environment } = options;
  const name = `t${randomBytes(5).toString('hex')}`;
  const address = inject('temporalAddress');
  const dir = await mkdtemp(join(tmpdir(), 'switchback-rollout-'));
  const flagFile = join(dir, 'flags.json');
  await writeInitialFlags(flagFile);
  const database = await openShopDatabase(customers, inject('postgresUrl'));
  const shop = await openStorefront(flagFile);
  const records = await freshRecords(name, kind);
  const local = localConfiguration({
    flagFile,
    postgres: database,
    shop,
    customers,
    records: { url: records.url },
  });
  const environment = await configure(local.environments.local!, database);
  const configuration: Configuration = { environments: { [name]: environment } };
  const config = join(dir, 'switchback.config.json');
  await writeFile(config, JSON.stringify(configuration), { mode: 0o600 });
  const client = await connect({ address });
  const temporal = new Client({ connection: await Connection.connect({ address }) });
  const workers: RunningWorker[] = [];
  const rollouts: TestRollout[] = [];
  const told: string[] = [];
  const place = {
    environment: name,
    config,
    address,
    log: join(dir, 'worker.log'),
    tell: (text: string) => void told.push(text),
    ...(cached !== undefined && { cached }),
    ...(kind && { kind }),
  };
  const prepare = async (build?: OtherBuild) => {
    const run = await prepareWorker(place, build);
    return () => {
      const worker = run();
      workers.push(worker);
      return worker;
    };
  };
  return {
    name,
    client,
    temporal,
    shop,
    database,
    flagFile,
    config,
    records,
    told,
    percent: () => flagPercent(flagFile),
    flags: () => readFile(flagFile, 'utf8'),
    prepare,
    async workAs(build) {
      const worker = (await prepare(build))();
      await worker.serving;
      return worker;
    },
    async work(where = 'here') {
      if (where === 'here') return (await prepare())();
      const worker = await (where === 'elsewhere' ? workElsewhere(place) : workWithoutActivities(place));
      workers.push(worker);
      return worker;
    },
    async start(params = {}, change = (plan) => plan, more = {}) {
      const plan = change(splitCustomerName.evaluate({ ...quick, ...params }));
      const digest = planDigest(plan);
      const request = { plan, digest, environment: name, startedBy: 'tester', ...more };
      const { rollout } =
        more.continueAfter === undefined
          ? await client.start(request)
          : await startRenewing(temporal, request);
      const started = new TestRollout(rollout, digest, client, temporal, records, kind);
      rollouts.push(started);
      return started;
    },
    async follow(id) {
      const { digest } = await eventually(() => client.status(id));
      const followed = new TestRollout(id, digest, client, temporal, records, kind);
      rollouts.push(followed);
      return followed;
    },
    async close() {
      // Whatever a failed test left running would keep the worker from ending.
      for (const id of [...rollouts.map((rollout) => rollout.id), sentinelId(name), locksId(name)]) {
        await temporal.workflow
          .getHandle(id)
          .terminate()
          .catch(() => undefined);
      }
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all([client.close(), temporal.connection.close(), shop.close()]);
      await Promise.all([database.close(), records.close()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Opens an environment with a worker for the length of `body`. */
export async function inEnvironment(
  options: EnvironmentOptions,
  body: (environment: TestEnvironment) => Promise<void>,
): Promise<void> {
  const environment = await openEnvironment(options);
  try {
    await environment.work();
    await body(environment);
  } finally {
    await environment.close();
  }
}

/** Starts a rollout whose runs have few events. */
async function startRenewing({ workflow }: Client, request: StartRequest & StartMore): Promise<Started> {
  const { environment, plan } = request;
  const rollout = rolloutId({ environment, runbook: plan.runbook, key: freshKey(new Date()) });
  const handle = await workflow.start(rolloutType, startOptions(rollout, { format: 1, ...request }));
  return { rollout, runId: handle.firstExecutionRunId };
}

/** Everything outside our own records, to be compared with a later look. */
export async function lookAtWorld({ database, flags }: TestEnvironment) {
  return { catalogue: await database.catalogue(), rows: await database.rows(), flags: await flags() };
}
