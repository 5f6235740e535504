import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startChild, type Child } from '../src/app/local/child-process.js';
import { provideTemporalCli } from '../src/app/local/temporal-binary.js';
import { startTemporal } from '../src/app/local/temporal-server.js';
import { searchAttributes } from '../src/app/search-attributes.js';
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
  readonly serverPid: number;
  /** Workflows that a worker keeps in memory. */
  readonly cached: number;
  /** Hears what goes on. */
  readonly say: (line: string) => void;
  /** Starts a worker that is ready to work and waits for `start`. */
  worker(): Promise<BenchWorker>;
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
    const connection = await Connection.connect({ address: server.address });
    closing.push(() => connection.close());
    say(`Temporal's dev server runs as process ${server.pid}`);
    const worker = async () => {
      const child = await startChild({
        name: 'the worker',
        module: new URL('./worker/bench-worker-process.js', import.meta.url),
        args: [server.address, join(dir, 'records'), String(cached)],
        log: join(dir, 'worker.log'),
      });
      closing.push(() => child.stop());
      say(`a worker is ready as process ${child.pid}`);
      return benchWorker(child);
    };
    return await body({ client: new Client({ connection }), serverPid: server.pid, cached, say, worker });
  } finally {
    await close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
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
