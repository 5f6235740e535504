import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startChild, type Child } from '../apps/local/child-process.js';
import { provideTemporalCli } from '../apps/local/temporal-binary.js';
import { migrateRecords } from '../activities/records/migrations/migrate.js';
import { removePostgres } from '../apps/local/postgres-place.js';
import { startPostgres } from '../apps/local/postgres-server.js';
import { startTemporal } from '../apps/local/temporal-server.js';
import { searchAttributes } from '../activities/temporal/search-attributes.js';
import { environment } from './plans.js';
import type { Answers, Request } from './worker/messages.js';

/** A worker in a process of its own. */
export interface BenchWorker {
  readonly pid: number;
  ask<R extends Request>(request: R): Promise<Answers[R['type']]>;
  /** Ends at once, as a crash would. */
  kill(): Promise<void>;
}

/** Everything a benchmark needs, its own. */
export interface Stage {
  readonly client: Client;
  /** Of Temporal. */
  readonly address: string;
  readonly recordsUrl: string;
  readonly serverPid: number;
  /** Workflows that a worker keeps in memory. */
  readonly cached: number;
  /** Hears what goes on. */
  readonly say: (line: string) => void;
  /** Starts a worker that is ready to work and waits for `start`. */
  worker(more?: {
    /** Its journals are kept in the records, too. */ readonly journal?: true;
  }): Promise<BenchWorker>;
  /** Starts the API of the environment, in a process of its own. */
  api(): Promise<{ readonly url: string }>;
}

/** Opens a stage for the length of `body`; also when it is interrupted, nothing stays behind. */
export async function onStage<T>(
  options: { readonly cached: number; readonly say: (line: string) => void },
  body: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { cached, say } = options;
  const dir = await mkdtemp(join(tmpdir(), 'switchback-bench-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const close = async () => {
    for (let end = closing.pop(); end; end = closing.pop()) await end().catch(() => undefined);
  };
  const interrupt = () => void close().then(() => process.exit(130));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const { path } = await provideTemporalCli({ onProgress: say });
    const server = await startTemporal({ executable: path, dir, searchAttributes });
    closing.push(() => server.stop());
    const records = await startRecords(dir);
    closing.push(() => records.stop());
    const connection = await Connection.connect({ address: server.address });
    closing.push(() => connection.close());
    say(`Temporal's dev server runs as process ${server.pid}`);
    const worker = async ({ journal }: { readonly journal?: true } = {}) => {
      const child = await startChild({
        name: 'the worker',
        module: new URL('./worker/bench-worker-process.js', import.meta.url),
        args: [server.address, records.url, String(cached), ...(journal ? ['journal'] : [])],
        log: join(dir, 'worker.log'),
      });
      closing.push(() => child.stop());
      say(`a worker is ready as process ${child.pid}`);
      return benchWorker(child);
    };
    const api = async () => {
      const config = join(dir, 'switchback.config.json');
      await writeFile(config, JSON.stringify(configurationWith(records.url)));
      const child = await startChild<{ type: 'ready'; url: string }>({
        name: 'the API',
        module: new URL('./worker/api-process.js', import.meta.url),
        args: [server.address, config],
        log: join(dir, 'api.log'),
      });
      closing.push(() => child.stop());
      say(`the API listens at ${child.ready.url}`);
      return { url: child.ready.url };
    };
    const { address, pid: serverPid } = server;
    const recordsUrl = records.url;
    const stage = {
      client: new Client({ connection }),
      address,
      recordsUrl,
      serverPid,
      cached,
      say,
      worker,
      api,
    };
    return await body(stage);
  } finally {
    await close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** What the API reads: who its people are. */
function configurationWith(url: string): object {
  return { environments: { [environment]: { kind: 'local', people: { ana: ['bench'] }, records: { url } } } };
}

/** A PostgreSQL for the evidence alone. */
async function startRecords(dir: string): Promise<{ url: string; stop(): Promise<void> }> {
  // As root the server runs as another user, who must reach its data below this directory.
  await chmod(dir, 0o711);
  const home = join(dir, 'postgres');
  const server = await startPostgres({ dir: home, database: 'records' });
  await migrateRecords(server.url, { environment, kind: 'local' });
  const stop = async () => {
    await server.stop();
    await removePostgres(home);
  };
  return { url: server.url, stop };
}

const answerOf: { readonly [R in keyof Answers]: Answers[R]['type'] } = {
  start: 'started',
  applies: 'applied',
  breaches: 'breached',
  exposed: 'counted',
  samples: 'sampled',
  heap: 'heaped',
  spoil: 'spoilt',
};

function benchWorker(child: Child): BenchWorker {
  return {
    pid: child.pid,
    ask: <R extends Request>(request: R) =>
      child.ask<Answers[R['type']]>(request, answerOf[request.type as R['type']]),
    kill: () => child.kill(),
  };
}
