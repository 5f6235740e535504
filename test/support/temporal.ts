import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { inject } from 'vitest';
import { bundled } from './bundle.js';
import { installRuntime } from './runtime.js';
import './servers.js';

/** A worker that works. */
export interface RunningWorker {
  /** Ends in order. Any number of times. */
  stop(): Promise<void>;
}

/** What a worker of a test is made of; it has today's workflows when it names none. */
export interface WorkerParts extends Omit<WorkerOptions, 'connection' | 'workflowBundle'> {
  /** Other workflows than today's: their module or directory; or no workflows at all. */
  readonly workflows?: URL | 'none';
}

/** A client of the run's Temporal server, and workers on it. */
export interface OnTemporal {
  readonly client: Client;
  readonly connection: NativeConnection;
  /** A worker that does not work yet. */
  worker(parts: WorkerParts): Promise<Worker>;
  /** A worker that works until it is stopped. */
  work(parts: WorkerParts): Promise<RunningWorker>;
  /** A worker that works as long as the body takes. */
  during<T>(parts: WorkerParts, body: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Puts workflows and activities on the Temporal server of this run. */
export async function onTemporal(): Promise<OnTemporal> {
  installRuntime();
  const address = inject('temporalAddress');
  const client = new Client({ connection: await Connection.connect({ address }) });
  const connection = await NativeConnection.connect({ address });
  const worker = async ({ workflows, ...parts }: WorkerParts) =>
    Worker.create({
      ...parts,
      connection,
      ...(workflows !== 'none' && { workflowBundle: await bundled(workflows) }),
    });
  return {
    client,
    connection,
    worker,
    work: async (parts) => running(await worker(parts)),
    during: async (parts, body) => (await worker(parts)).runUntil(body),
    async close() {
      await Promise.all([client.connection.close(), connection.close()]);
    },
  };
}

function running(worker: Worker): RunningWorker {
  const ended = worker.run();
  // Whoever stops it hears of it; until then nobody listens.
  ended.catch(() => undefined);
  return {
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
