import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { writeInitialFlags } from '../../demo/shop/initial-flags.js';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { type RolloutClient } from '../../apps/client/client.js';
import type { Configuration } from '../../apps/config/config.js';
import { endAll } from '../../apps/local/beginnings.js';
import { localConfiguration } from '../../demo/stack/local-configuration.js';
import { freshRecordsOn, type FreshRecords } from '../support/fresh-records.js';
import { openShopDatabase, type ShopDatabase } from '../support/rollouts/database.js';
import { openStorefront, type Storefront } from '../support/rollouts/storefront.js';
import { startOnlooker, type Sight } from './onlooker.js';
import type { Strike } from './protocol.js';
import { openProxy, type Proxy } from './proxy.js';
import type { Scenario } from './scenario.js';
import { superviseWorker, type SupervisedWorker } from './supervised-worker.js';
import { noteDefinitions, stopClocks } from './witness.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { connect } from '../../apps/client/connect.js';

/** What all runs share. */
export interface Servers {
  /** `host:port`. */
  readonly temporal: string;
  /** A superuser's URL. */
  readonly postgres: string;
  /** Path of the bundled workflows. */
  readonly bundle: string;
}

/** Everything one run has for itself: environment, database, flags, customers, a network and a worker. */
export interface Stage {
  readonly rollout: string;
  readonly environment: string;
  /** Directory of everything that is the run's own. */
  readonly dir: string;
  readonly client: RolloutClient;
  readonly temporal: Client;
  readonly worker: SupervisedWorker;
  readonly shop: Storefront;
  readonly database: ShopDatabase;
  /** The network between worker and database. */
  readonly network: Proxy;
  readonly flagFile: string;
  readonly records: FreshRecords;
  /** What the database says was defined, in order. */
  definitions(): Promise<string[]>;
  /** What applications saw of their flags until now. */
  seen(): Promise<Sight>;
  flags(): Promise<string>;
  /** Starts the scenario's plan. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly scenario: Scenario;
  readonly servers: Servers;
  /** What its workers do themselves, one after the other. */
  readonly strikes?: readonly Strike[];
  readonly planted?: boolean;
}

/** Sets a stage; nothing is started on it. */
export async function setStage({ scenario, servers, strikes = [], planted }: StageOptions): Promise<Stage> {
  const opened: (() => Promise<void>)[] = [];
  const close = () => endAll(opened);
  try {
    const environment = `chaos-${randomBytes(5).toString('hex')}`;
    const dir = await mkdtemp(join(tmpdir(), 'switchback-chaos-'));
    opened.push(() => rm(dir, { recursive: true, force: true }));
    const flagFile = join(dir, 'flags.json');
    await writeInitialFlags(flagFile);
    const database = await openShopDatabase(scenario.customers, servers.postgres);
    opened.push(() => database.close());
    await stopClocks(database);
    const definitions = await noteDefinitions(database);
    const network = await openProxy(Number(new URL(database.url).port));
    opened.push(() => network.close());
    const shop = await openStorefront(flagFile);
    opened.push(() => shop.close());
    const records = await freshRecordsOn(servers.postgres, environment);
    opened.push(() => records.close());
    const config = join(dir, 'switchback.config.json');
    await writeConfiguration(config, environment, {
      flagFile,
      database,
      network,
      shop,
      scenario,
      records,
    });
    const client = await connect({ address: servers.temporal });
    opened.push(() => client.close());
    const temporal = new Client({ connection: await Connection.connect({ address: servers.temporal }) });
    opened.push(() => temporal.connection.close());
    const worker = await superviseWorker(
      {
        environment,
        config,
        address: servers.temporal,
        bundle: servers.bundle,
        ...(planted && { planted }),
      },
      strikes,
      join(dir, 'worker.log'),
    );
    opened.push(() => worker.stop());
    const onlooker = await startOnlooker(flagFile, join(dir, 'onlooker.log'));
    opened.push(() => onlooker.stop());
    const key = 'run';
    const rollout = `rollout/${environment}/${scenario.plan.runbook}/${key}`;
    opened.push(() => terminate(temporal, [rollout, sentinelId(environment)]));
    return {
      rollout,
      environment,
      dir,
      client,
      temporal,
      worker,
      shop,
      database,
      network,
      flagFile,
      records,
      definitions: definitions.read,
      seen: () => onlooker.seen(),
      flags: () => readFile(flagFile, 'utf8'),
      async start() {
        const { plan } = scenario;
        await client.start({ plan, digest: planDigest(plan), environment, startedBy: 'chaos', key });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The local stack's configuration, with the network in between. */
async function writeConfiguration(
  file: string,
  environment: string,
  place: {
    flagFile: string;
    database: ShopDatabase;
    network: Proxy;
    shop: Storefront;
    scenario: Scenario;
    records: { url: string };
  },
): Promise<void> {
  const { flagFile, database, network, shop, scenario, records } = place;
  const url = new URL(database.url);
  url.port = String(network.port);
  const local = localConfiguration({
    flagFile,
    records: { url: records.url },
    postgres: { url: url.href },
    shop,
    customers: scenario.customers,
  });
  const configuration: Configuration = { environments: { [environment]: local.environments.local! } };
  await writeFile(file, JSON.stringify(configuration), { mode: 0o600 });
}

/** Whatever a failed run left running would keep its worker from ending. */
async function terminate(temporal: Client, ids: readonly string[]): Promise<void> {
  const end = (id: string) =>
    temporal.workflow
      .getHandle(id)
      .terminate()
      .catch(() => undefined);
  await Promise.all(ids.map(end));
}
