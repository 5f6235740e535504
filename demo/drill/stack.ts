import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShop } from '../shop/schema.js';
import { writeInitialFlags } from '../shop/initial-flags.js';
import { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { allOrNone, endAll } from '../../apps/local/beginnings.js';
import { removePostgres } from '../../apps/local/postgres-place.js';
import { startPostgres } from '../../apps/local/postgres-server.js';
import { startSupervised } from '../../apps/local/supervised-child.js';
import { provideTemporalCli } from '../../apps/local/temporal-binary.js';
import { startTemporal } from '../../apps/local/temporal-server.js';

/** The drill environment of the demo. */
export const drillEnvironment = 'drills';

/** Customers of the shop that is cloned. */
const customers = 2_000;

/** Servers, a template of the shop, and a worker that is started again when a drill kills it. */
export interface DrillStack {
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts all that a drill of the demo's runbook needs, on this machine alone. */
export async function startDrillStack(onProgress: (line: string) => void): Promise<DrillStack> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-drill-'));
  const started: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const [address, postgres] = await allOrNone([
      startTemporalServer(dir, started, onProgress),
      startDatabase(dir, started, onProgress),
    ]);
    const flagFile = join(dir, 'flags', 'flags.json');
    await mkdir(join(dir, 'flags'));
    await writeInitialFlags(flagFile);
    const config = join(dir, 'switchback.config.json');
    const records = await postgres.database('records');
    const configuration = configurationOf({ template: postgres.url, records, flagFile });
    await writeFile(config, `${JSON.stringify(configuration, null, 2)}\n`, { mode: 0o600 });
    onProgress('Starting the worker under drill');
    const worker = await startSupervised(
      {
        name: 'the worker under drill',
        module: new URL('../../apps/worker/worker-process.js', import.meta.url),
        // It is killed, and started again, a dozen times.
        args: [drillEnvironment, config, address, join(dir, 'workflows.json')],
        log: join(dir, 'worker.log'),
      },
      onProgress,
    );
    started.push(() => worker.stop());
    return { address, stop: () => endAll(started) };
  } catch (error) {
    await endAll(started);
    throw error;
  }
}

async function startTemporalServer(
  dir: string,
  started: (() => Promise<void>)[],
  onProgress: (line: string) => void,
): Promise<string> {
  const { path } = await provideTemporalCli({ onProgress });
  onProgress('Starting Temporal');
  const server = await startTemporal({ executable: path, dir, searchAttributes });
  started.push(() => server.stop());
  return server.address;
}

async function startDatabase(
  dir: string,
  started: (() => Promise<void>)[],
  onProgress: (line: string) => void,
) {
  onProgress('Starting PostgreSQL');
  const home = join(dir, 'postgres');
  const server = await startPostgres({ dir: home, onProgress });
  started.push(async () => {
    await server.stop();
    await removePostgres(home);
  });
  onProgress(`Filling the template with ${customers.toLocaleString('en')} customers`);
  await createShop(server.url, { customers });
  return server;
}

function configurationOf(places: { template: string; records: string; flagFile: string }) {
  const url = new URL(places.template);
  url.searchParams.set('options', '-c search_path=shop,public');
  return {
    environments: {
      [drillEnvironment]: {
        kind: 'drill',
        databases: { shop: { url: url.href } },
        flags: { flags: { file: places.flagFile } },
        drill: { metrics: { shop: {} } },
        people: { ana: ['team-checkout'], ben: ['sre'] },
        records: { url: places.records },
      },
    },
  };
}
