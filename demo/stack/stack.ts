import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createShop } from '../shop/schema.js';
import { writeInitialFlags } from '../shop/initial-flags.js';
import { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { allOrNone, endAll } from '../../apps/local/beginnings.js';
import { startChild, type Child } from '../../apps/local/child-process.js';
import { localConfiguration } from './local-configuration.js';
import { prepareDrills, startDrillWorker } from './drill-part.js';
import { sharedConfiguration, type DemoDoor } from './shared-configuration.js';
import { removePostgres } from '../../apps/local/postgres-place.js';
import { startPostgres } from '../../apps/local/postgres-server.js';
import type { DemoSlack } from '../../apps/local/slack-workspace.js';
import type { StackState } from '../../apps/config/state-file.js';
import { provideTemporalCli } from '../../apps/local/temporal-binary.js';
import { startTemporal } from '../../apps/local/temporal-server.js';

export interface StackOptions {
  /** Holds data, logs, records and configuration. */
  readonly dir: string;
  readonly customers: number;
  readonly requestsPerSecond: number;
  /** How the shop's new code path behaves. */
  readonly candidate: 'good' | 'throws' | 'slow';
  readonly onProgress: (line: string) => void;
  /** People come in by an API at this port (0: any that is free), in an environment of kind `shared`. */
  readonly api?: number;
  /** Beside the API, people are asked in this workspace of Slack. */
  readonly slack?: DemoSlack;
}

/** A running stack: everything a rollout needs, on this machine alone. */
export interface Stack {
  readonly state: StackState;
  readonly ledgerFile: string;
  /** How people come in by its API, where it has one. */
  readonly door?: DemoDoor;
  readonly shop: Child;
  readonly load: Child;
  /** Ends the worker as a crash would, and starts another. */
  replaceWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** What the API says when it serves. */
interface ApiReady {
  readonly type: 'ready';
  readonly url: string;
}

/** Names alone count, and secrets stand in the file. */
const localOnly = { environment: 'local', secrets: {} };

/** What the shop says when it serves. */
interface ShopReady {
  readonly type: 'ready';
  readonly url: string;
  readonly metricsUrl: string;
}

/**
 * Starts Temporal, PostgreSQL, the demo shop, its load and a worker, all on free ports of this machine.
 * What was started is stopped again when a later part fails.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, onProgress } = options;
  const started: (() => Promise<void>)[] = [];
  const stop = () => endAll(started);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const [temporal, postgres] = await allOrNone([
      startTemporalServer(options, started),
      startDatabase(options, started),
    ]);

    onProgress('Starting the shop and its customers');
    const flagFile = join(dir, 'flags.json');
    await writeInitialFlags(flagFile);
    const shop = await startChild<ShopReady>({
      name: 'the shop',
      module: new URL('../shop/main.js', import.meta.url),
      env: { SHOP_DATABASE_URL: postgres.url, SHOP_FLAGS_FILE: flagFile, SHOP_CANDIDATE: options.candidate },
      log: join(dir, 'shop.log'),
    });
    started.push(() => shop.stop());

    const ledgerFile = join(dir, 'ledger.json');
    const load = await startChild({
      name: 'the load generator',
      module: new URL('../load/main.js', import.meta.url),
      env: {
        LOAD_SHOP_URL: shop.ready.url,
        LOAD_LEDGER_FILE: ledgerFile,
        LOAD_CUSTOMERS: String(options.customers),
        LOAD_RATE: String(options.requestsPerSecond),
      },
      log: join(dir, 'load.log'),
    });
    started.push(() => load.stop());

    const config = join(dir, 'switchback.config.json');
    const local = localConfiguration({
      flagFile,
      postgres,
      records: { url: await postgres.database('records') },
      shop: shop.ready,
      customers: options.customers,
    });
    const workspace = options.slack;
    const shared =
      options.api === undefined
        ? undefined
        : await sharedConfiguration(local, await prepareDrills(dir, postgres, onProgress), workspace);
    const { configuration, environment, secrets } = shared ?? { ...localOnly, configuration: local };
    await writeFile(config, `${JSON.stringify(configuration, null, 2)}\n`, { mode: 0o600 });

    onProgress('Starting the worker');
    const startWorker = () =>
      startChild({
        name: 'the worker',
        module: new URL('../../apps/worker/worker-process.js', import.meta.url),
        args: [environment, config, temporal.address],
        env: secrets,
        log: join(dir, 'worker.log'),
      });
    let worker = await startWorker();
    started.push(() => worker.stop());
    const api =
      shared &&
      (await startChild<ApiReady>({
        name: 'the API',
        module: new URL('../../apps/api/api-process.js', import.meta.url),
        args: [environment, config, temporal.address, String(options.api)],
        env: secrets,
        log: join(dir, 'api.log'),
      }));
    if (api) {
      started.push(() => api.stop());
      started.push(await startDrillWorker(dir, config, temporal.address));
    }
    const clicks =
      shared?.slackConfiguration && (await startSlackDoor(dir, temporal.address, shared, started));
    await untilServed(load);

    return {
      ...(shared &&
        api && {
          door: {
            url: api.ready.url,
            environment,
            tokens: shared.tokens,
            ...(workspace && clicks !== undefined && { slack: { ...workspace, clicks } }),
          },
        }),
      ledgerFile,
      shop,
      load,
      stop,
      state: {
        format: 1,
        startedAt: new Date().toISOString(),
        temporal,
        postgres: { url: postgres.url, pid: postgres.pid },
        shop: { url: shop.ready.url, metricsUrl: shop.ready.metricsUrl, pid: shop.pid },
        worker: { pid: worker.pid },
        flagFile,
        config,
        owner: { pid: process.pid },
      },
      async replaceWorker() {
        await worker.kill();
        worker = await startWorker();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Answers where clicks are taken. */
async function startSlackDoor(
  dir: string,
  address: string,
  { environment, slackConfiguration, secrets }: Awaited<ReturnType<typeof sharedConfiguration>>,
  started: (() => Promise<void>)[],
): Promise<string> {
  const config = join(dir, 'switchback.slack.json');
  await writeFile(config, `${JSON.stringify(slackConfiguration, null, 2)}\n`, { mode: 0o600 });
  const door = await startChild<ApiReady>({
    name: 'the Slack door',
    module: new URL('../../apps/slack/slack-process.js', import.meta.url),
    args: [environment, config, address, '0'],
    env: secrets,
    log: join(dir, 'slack.log'),
  });
  started.push(() => door.stop());
  return door.ready.url;
}

async function startTemporalServer({ dir, onProgress }: StackOptions, started: (() => Promise<void>)[]) {
  const given = process.env.TEMPORAL_ADDRESS;
  if (given) {
    onProgress(`Using Temporal at ${given}`);
    return { address: given };
  }
  const { path } = await provideTemporalCli({ onProgress });
  onProgress('Starting Temporal');
  const server = await startTemporal({ executable: path, dir, ui: true, searchAttributes });
  started.push(() => server.stop());
  return { address: server.address, pid: server.pid, ...(server.uiUrl && { uiUrl: server.uiUrl }) };
}

async function startDatabase({ dir, customers, onProgress }: StackOptions, started: (() => Promise<void>)[]) {
  onProgress('Starting PostgreSQL');
  const home = join(dir, 'postgres');
  const server = await startPostgres({ dir: home, onProgress });
  started.push(async () => {
    await server.stop();
    await removePostgres(home);
  });
  onProgress(`Filling the shop with ${customers.toLocaleString('en')} customers`);
  await createShop(server.url, { customers });
  return server;
}

/** Guards need a past to look back on: customers are there before the first rollout starts. */
async function untilServed(load: Child): Promise<void> {
  for (;;) {
    const { served } = await load.ask<{ type: 'stats'; served: number }>({ type: 'stats' }, 'stats');
    if (served > 100) return;
    await sleep(200);
  }
}
