import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
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
import { deploymentOf } from './deployment.js';
import { loadAdapters } from './load-adapters.js';
import { registerSearchAttributes } from './search-attributes.js';
import { takeOver } from './take-over.js';
import { buildIdOf, bundleWorkflows } from './workflow-bundle.js';
import { workerSettings } from './worker-settings.js';

export interface WorkerOptions {
  readonly environment: string;
  /** Path of the configuration file. */
  readonly config: string;
  /** `host:port`; Temporal's own variables and profiles when absent. */
  readonly address?: string;
  readonly namespace?: string;
  readonly tell?: (text: string) => void;
  /** Another name of the build than its version and digest. */
  readonly buildId?: string;
  /** Leaves new rollouts to the build that is current, also when this one is newer. */
  readonly beside?: boolean;
  /** How many workflows stay in memory; what `workerSettings` says when absent. */
  readonly cached?: number;
  /** Other workflows than this package's, or the same that were bundled before. */
  readonly workflows?: WorkflowBundleWithSourceMap;
  /** What a worker under test has of its own: ears for its activities. */
  readonly interceptors?: TemporalWorkerOptions['interceptors'];
}

/** A worker that has not begun. */
export interface CreatedWorker {
  /** Polls until `shutdown`, then closes what the worker holds. `onServing` is called once it is known who has new rollouts. */
  run(onServing?: () => void): Promise<void>;
  shutdown(): void;
}

/** Makes a worker of one environment. */
export async function createWorker(options: WorkerOptions): Promise<CreatedWorker> {
  const environment = environmentOf(await readConfiguration(options.config), options.environment);
  const adapters = await loadAdapters(environment, options.config);
  const { address, connection, namespace } = await connectNative(options);
  await registerSearchAttributes(connection, namespace).catch((error: unknown) => {
    throw new Unreachable(
      `Temporal at ${address}: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const client = new Client({ connection, namespace });
  const tell = options.tell ?? ((text) => process.stderr.write(`${text}\n`));
  const { activities, close } = await createActivities({
    name: options.environment,
    environment,
    client,
    adapters,
    tell,
  });
  const workflowBundle = options.workflows ?? (await bundled());
  const build = options.buildId ?? buildIdOf(workflowBundle);
  const worker = await Worker.create({
    ...workerSettings,
    ...(options.cached !== undefined && { maxCachedWorkflows: options.cached }),
    connection,
    namespace,
    taskQueue: taskQueueOf(options.environment),
    workflowBundle,
    ...(options.interceptors && { interceptors: options.interceptors }),
    activities,
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: deploymentOf(options.environment), buildId: build },
      defaultVersioningBehavior: 'PINNED',
    },
  });
  return {
    async run(onServing) {
      const ended = new AbortController();
      const running = worker.run().finally(() => ended.abort());
      const { environment, beside = false } = options;
      const service = { workflowService: client.workflowService, namespace };
      const serving = takeOver({ service, environment, build, beside, signal: ended.signal }).then(
        (current) => {
          if (current !== undefined) tell(besideText(build, current, environment));
          onServing?.();
        },
        (error: unknown) => {
          if (worker.getState() === 'RUNNING') worker.shutdown();
          throw error;
        },
      );
      try {
        const [, served] = await Promise.allSettled([running, serving]);
        await running;
        if (served.status === 'rejected') throw served.reason;
      } finally {
        await close();
        await connection.close();
      }
    },
    shutdown: () => worker.shutdown(),
  };
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Bundled once for all workers of this process. */
function bundled(): Promise<WorkflowBundleWithSourceMap> {
  return (bundle ??= bundleWorkflows());
}

/** What to say of a worker that new rollouts do not come to. */
function besideText(build: string, current: string, environment: string): string {
  return `build ${build} works beside build ${current}, which new rollouts start on; see: switchback builds --env ${environment}`;
}

/** Runs a worker of one environment until SIGINT or SIGTERM. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const worker = await createWorker(options);
  await worker.run(() => process.send?.({ type: 'ready' }));
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
