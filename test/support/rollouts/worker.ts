import { NativeConnection, Worker } from '@temporalio/worker';
import { deploymentOf } from '../../../activities/temporal/deployment.js';
import { startChild } from '../../../apps/local/child-process.js';
import { createWorker } from '../../../apps/worker/worker.js';
import { workerSettings } from '../../../apps/worker/worker-settings.js';
import { buildIdOf } from '../../../apps/worker/workflow-bundle.js';
import type { Kind } from '../../../src/protocol/kind.js';
import { bundled, bundledFor } from '../bundle.js';
import { installRuntime } from '../runtime.js';
import { taskQueueOf } from '../../../src/protocol/task-queue.js';

/** A worker of one environment. */
export interface RunningWorker {
  /** Fulfilled once it is known which build has new rollouts. */
  readonly serving: Promise<void>;
  /** Ends at once, as a crash would; only a worker in a process of its own can. */
  kill(): Promise<void>;
  /** Ends in order. Any number of times. */
  stop(): Promise<void>;
}

export interface WorkerPlace {
  readonly environment: string;
  readonly config: string;
  readonly address: string;
  /** Where a process writes what it has to say. */
  readonly log: string;
  /** Receives what people are told. */
  readonly tell: (text: string) => void;
  readonly cached?: number;
  /** `local` when absent. */
  readonly kind?: Kind;
}

/** Another build than the sources make. */
export interface OtherBuild {
  readonly buildId: string;
  /** Directory of its workflows; today's when absent. */
  readonly workflows?: URL;
  readonly beside?: boolean;
}

/** A worker in the process of the test, which cannot crash. It asks for work as soon as what is answered is called. */
export async function prepareWorker(place: WorkerPlace, build?: OtherBuild): Promise<() => RunningWorker> {
  installRuntime();
  const { workflows, ...named } = build ?? {};
  const worker = await createWorker({
    ...place,
    ...named,
    workflows: await (workflows ? bundled(workflows) : bundledFor(place.kind ?? 'local')),
  });
  return () => {
    let stopping = false;
    let ended: Promise<void> = Promise.resolve();
    const serving = new Promise<void>((resolve) => (ended = worker.run(resolve)));
    return {
      serving: Promise.race([serving, ended]),
      kill: () => Promise.reject(new Error('a worker in the process of the test cannot be killed')),
      async stop() {
        if (!stopping) worker.shutdown();
        stopping = true;
        await ended;
      },
    };
  };
}

/** A worker of today's build that carries workflows on and nothing else: whatever acts or watches waits for another. */
export async function workWithoutActivities({ environment, address }: WorkerPlace): Promise<RunningWorker> {
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundled();
  const worker = await Worker.create({
    ...workerSettings,
    connection,
    taskQueue: taskQueueOf(environment),
    workflowBundle,
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: deploymentOf(environment), buildId: buildIdOf(workflowBundle) },
      defaultVersioningBehavior: 'PINNED',
    },
  });
  const ended = worker.run().finally(() => connection.close());
  return {
    serving: Promise.resolve(),
    kill: () => Promise.reject(new Error('a worker in the process of the test cannot be killed')),
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

/** A worker in a process of its own, as `switchback worker` runs it. */
export async function workElsewhere({
  environment,
  config,
  address,
  log,
}: WorkerPlace): Promise<RunningWorker> {
  const child = await startChild({
    name: 'the worker',
    module: new URL('../../../apps/worker/worker-process.js', import.meta.url),
    args: [environment, config, address],
    log,
    withinMs: 240_000,
  });
  return { serving: Promise.resolve(), kill: () => child.kill(), stop: () => child.stop() };
}
