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
import { identityOf } from '../../activities/temporal/worker-identity.js';
import { Unreachable } from '../../activities/temporal/failures.js';
import { environmentOf, readConfiguration } from '../config/config.js';
import { deploymentOf } from '../../activities/temporal/deployment.js';
import { loadAdapters } from './load-adapters.js';
import { lookAfterDrills } from './drill/look-after.js';
import { registerSearchAttributes } from '../../activities/temporal/search-attributes.js';
import { tellOfOtherRecords } from './other-records.js';
import { walkRounds } from './rounds.js';
import { claimCurrent } from './claim-current.js';
import { RereadEnvironment } from '../config/reread.js';
import { buildIdOf, bundleWorkflows, keptIn, workflowsOf } from './workflow-bundle.js';
import { openWorkerRecords } from './worker-records.js';
import { workerSettings } from './worker-settings.js';
import type { Kind } from '../../src/protocol/kind.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

export interface WorkerOptions {
  readonly environment: string;
  /** Path of the configuration file. */
  readonly config: string;
  /** Of the PostgreSQL that serves the records' directory, when the configuration names one. */
  readonly recordsUrl?: string;
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
  /** A file that keeps the bundle of the workflows, so that a worker which is started again need not make it. */
  readonly bundleFile?: string;
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
  const tell = options.tell ?? ((text) => process.stderr.write(`${text}\n`));
  const { recordsUrl } = options;
  const kept = await openWorkerRecords(options.environment, environment, recordsUrl, tell);
  const { records, mark, place } = kept;
  const adapters = await loadAdapters(environment, options.config, records.books);
  const { address, connection, namespace } = await connectNative(options);
  await registerSearchAttributes(connection, namespace).catch((error: unknown) => {
    throw new Unreachable(
      `Temporal at ${address}: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const client = new Client({ connection, namespace });
  const workflowBundle = options.workflows ?? (await bundled(environment.kind, options.bundleFile));
  const build = options.buildId ?? buildIdOf(workflowBundle);
  const { activities, notify, lookOut, deliver, requireOwned, close } = await createActivities({
    name: options.environment,
    config: options.config,
    environment,
    policy: new RereadEnvironment(options.config, options.environment, environment, tell),
    client,
    records,
    adapters,
    build,
    tell,
  });
  const worker = await Worker.create({
    ...workerSettings,
    ...(mark !== undefined && { identity: identityOf(mark) }),
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
      const lookingOut = Promise.all([lookOut(ended.signal), deliver(ended.signal)]);
      const { environment: name, beside = false } = options;
      const service = { workflowService: client.workflowService, namespace };
      const { signal } = ended;
      const end = (error: unknown) => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        throw error;
      };
      const prepared = Promise.all([kept.prepared(signal), requireOwned()]).catch(end);
      void walkRounds({ client, environment: name, notify, signal });
      const { config } = options;
      const caring = { name, environment, config, client, records, notify, signal };
      void lookAfterDrills(caring).catch((error: unknown) =>
        tell(`drills are not looked after: ${String(error)}`),
      );
      const taking = claimCurrent({ service, environment: name, build, beside, signal });
      const serving = taking.then(async (current) => {
        if (current !== undefined) tell(besideText(build, current, name));
        const others = { service, environment: name, mark, place, tell };
        await tellOfOtherRecords(others).catch(() => undefined);
        onServing?.();
      }, end);
      try {
        await Promise.allSettled([running, serving, prepared]);
        await running;
        await Promise.all([serving, prepared]);
      } finally {
        await lookingOut;
        await Promise.all([close(), records.close()]);
        await connection.close();
      }
    },
    shutdown: () => worker.shutdown(),
  };
}

const bundles: { [K in Kind]?: Promise<WorkflowBundleWithSourceMap> } = {};

/** Bundled once for all workers of this process, or of all that are given the same file. */
function bundled(kind: Kind, file?: string): Promise<WorkflowBundleWithSourceMap> {
  return (bundles[kind] ??= file === undefined ? bundle(kind) : keptIn(file, () => bundle(kind)));
}

function bundle(kind: Kind): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflows(workflowsOf(kind));
}

/** What to say of a worker that new rollouts do not come to. */
function besideText(build: string, current: string, environment: string): string {
  return `build ${build} works beside build ${current}, which new rollouts start on; see: switchback builds --env ${environment}`;
}

/** Runs a worker of one environment until SIGINT or SIGTERM. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const worker = await createWorker(options);
  await worker.run(() => {
    process.send?.({ type: 'ready' });
    process.stderr.write(`ready: this worker does the work of ${options.environment}\n`);
  });
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
