import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions as TemporalWorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { createActivities } from './activities.js';
import { Unreachable } from './client.js';
import { environmentOf, readConfiguration, taskQueueOf } from './config.js';
import { loadAdapters } from './load-adapters.js';
import { registerSearchAttributes } from './search-attributes.js';

export interface WorkerOptions {
  readonly environment: string;
  /** Path of the configuration file. */
  readonly config: string;
  /** `host:port`; Temporal's own variables and profiles when absent. */
  readonly address?: string;
  readonly namespace?: string;
  readonly tell?: (text: string) => void;
  /** What a worker under test has of its own: ears for its activities, workflows that were bundled before. */
  readonly instruments?: Pick<TemporalWorkerOptions, 'interceptors' | 'workflowBundle'>;
}

/** Makes a worker of one environment; `run` polls until `shutdown`, then closes what the worker holds. */
export async function createWorker(
  options: WorkerOptions,
): Promise<{ run(): Promise<void>; shutdown(): void }> {
  const environment = environmentOf(await readConfiguration(options.config), options.environment);
  const adapters = await loadAdapters(environment, options.config);
  const { address, connection, namespace } = await connectNative(options);
  await registerSearchAttributes(connection, namespace).catch((error: unknown) => {
    throw new Unreachable(
      `Temporal at ${address}: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const { activities, close } = await createActivities({
    name: options.environment,
    environment,
    client: new Client({ connection, namespace }),
    adapters,
    tell: options.tell ?? ((text) => process.stderr.write(`${text}\n`)),
  });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: taskQueueOf(options.environment),
    workflowBundle: options.instruments?.workflowBundle ?? (await bundled()),
    ...(options.instruments?.interceptors && { interceptors: options.instruments.interceptors }),
    activities,
    // A cancelled act hears of it within this time, and an activity that is stopped with the worker ends in order.
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: '1s',
    shutdownForceTime: '15s',
    // After a crash a signal waits this long for the worker that held the workflow in its cache.
    stickyQueueScheduleToStartTimeout: '1s',
  });
  return {
    async run() {
      try {
        await worker.run();
      } finally {
        await close();
        await connection.close();
      }
    },
    shutdown: () => worker.shutdown(),
  };
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The workflows' code, bundled once for all workers of this process: it takes seconds of a core. */
function bundled(): Promise<WorkflowBundleWithSourceMap> {
  return (bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows', import.meta.url)),
    logger: Runtime.instance().logger,
  }));
}

/** Runs a worker of one environment until SIGINT or SIGTERM. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const worker = await createWorker(options);
  process.send?.({ type: 'ready' });
  await worker.run();
}

async function connectNative(options: WorkerOptions) {
  const configured = loadClientConnectConfig();
  const address = options.address ?? configured.connectionOptions.address ?? 'localhost:7233';
  const namespace = options.namespace ?? configured.namespace ?? 'default';
  const connection = await NativeConnection.connect({ ...configured.connectionOptions, address }).catch(
    (error: unknown) => {
      const reason = plainReason(error instanceof Error ? error.message : String(error));
      throw new Unreachable(
        `Temporal at ${address} cannot be reached: ${reason}; start it, or name another with --address`,
      );
    },
  );
  return { address, connection, namespace };
}

/** The native client prints its errors as nested structures: the innermost message says what happened. */
function plainReason(text: string): string {
  return /message: "([^"]+)"/.exec(text)?.[1] ?? text;
}
