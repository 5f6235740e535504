import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  makeTelemetryFilterString,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { inject } from 'vitest';
import { createLocksActivities } from '../../../activities/locks/create-locks-activities.js';
import { createRecords } from '../../../activities/records/records.js';
import { ask } from '../../../src/app/client/ask.js';
import { Calls } from '../../../src/app/client/calls.js';
import { bundleWorkflows } from '../../../src/app/workflow-bundle.js';
import { locksId, locksNames, type Identity, type LocksInput } from '../../../src/engine/lock-protocol.js';
import { conflict, type Asking, type LockTable } from '../../../src/engine/locks.js';
import type { Target } from '../../../src/engine/plan.js';
import type { LockAnswer } from '../../../src/engine/ports.js';
import type { lockingRollout } from '../../workflows/fixtures/locking-rollout.js';
import '../../support/servers.js';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

function bundled(): Promise<WorkflowBundleWithSourceMap> {
  if (bundle) return bundle;
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
  const workflowsPath = fileURLToPath(
    new URL('../../workflows/fixtures/locking-rollout.ts', import.meta.url),
  );
  return (bundle = bundleWorkflows(workflowsPath));
}

/** An environment of one test's own with real locks, and a room that knows who is inside. */
export class Stage {
  readonly environment = `env-${randomUUID().slice(0, 8)}`;
  readonly taskQueue = `locks-${this.environment}`;
  /** Whoever is inside, and what they are there for. */
  readonly inside = new Map<string, readonly Target[]>();
  /** Everyone who has been inside, in order of arrival. */
  readonly entered: string[] = [];
  readonly told: string[] = [];
  readonly #rollouts: WorkflowHandle[] = [];
  readonly #workers: { stop(): Promise<void> }[] = [];

  private constructor(
    readonly client: Client,
    private readonly connection: NativeConnection,
    private readonly dir: string,
    readonly code: WorkflowBundleWithSourceMap,
  ) {}

  static async set(): Promise<Stage> {
    const code = await bundled();
    const address = inject('temporalAddress');
    const client = new Client({ connection: await Connection.connect({ address }) });
    const dir = await mkdtemp(join(tmpdir(), 'switchback-locks-'));
    return new Stage(client, await NativeConnection.connect({ address }), dir, code);
  }

  get locks(): WorkflowHandle {
    return this.client.workflow.getHandle(locksId(this.environment));
  }

  table(): Promise<LockTable> {
    const { client } = this;
    return ask<LockTable>(
      { client, calls: new Calls(client, 'the server') },
      locksId(this.environment),
      locksNames.table,
    );
  }

  /** Waits until each has ended; a call that waits longer than `ms` fails, so that one sees where it was. */
  async ended(rollouts: readonly { readonly handle: WorkflowHandle }[], ms = 120_000): Promise<void> {
    await this.client.withDeadline(Date.now() + ms, () =>
      Promise.all(rollouts.map(({ handle }) => handle.result())),
    );
  }

  /** Asks the locks as the activity does, for one alone. */
  async acquire(asking: Asking): Promise<LockAnswer | undefined> {
    const [answer] = await this.locks.executeUpdate<LockAnswer[], [readonly Asking[]]>(locksNames.acquire, {
      args: [[asking]],
    });
    return answer;
  }

  /** Starts the locks with settings of their own, before anyone asks. */
  async startLocks(settings: Partial<LocksInput>): Promise<void> {
    const input: LocksInput = { format: 1, environment: this.environment, ...settings };
    const { taskQueue } = this;
    await this.client.workflow.start(locksNames.workflow, {
      workflowId: locksId(this.environment),
      taskQueue,
      args: [input],
    });
  }

  async rollout(given: Parameters<typeof lockingRollout>[0], name = randomUUID().slice(0, 8)) {
    const handle = await this.client.workflow.start<typeof lockingRollout>('lockingRollout', {
      workflowId: `rollout/${this.environment}/book/${name}`,
      taskQueue: this.taskQueue,
      args: [given],
    });
    this.#rollouts.push(handle);
    return {
      id: handle.workflowId,
      handle,
      heard: () => handle.query<readonly LockAnswer[]>('heard'),
      end: () => handle.signal('end'),
    };
  }

  /** @param atOnce activities that the worker performs at the same time */
  async work(atOnce = 100): Promise<{ stop(): Promise<void> }> {
    const { client, environment, taskQueue, connection } = this;
    const locks = createLocksActivities({
      client,
      environment,
      taskQueue,
      records: createRecords(this.dir),
      verify: () => Promise.reject(new Error('nothing is read here')),
    });
    const worker = await Worker.create({
      connection,
      taskQueue,
      workflowBundle: this.code,
      activities: { ...locks, ...this.#room() },
      stickyQueueScheduleToStartTimeout: '1s',
      maxConcurrentActivityTaskExecutions: atOnce,
    });
    const ended = worker.run();
    const running = {
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await ended;
      },
    };
    this.#workers.push(running);
    return running;
  }

  async clear(): Promise<void> {
    await Promise.all(this.#rollouts.map((handle) => handle.terminate().catch(() => undefined)));
    await this.locks.terminate().catch(() => undefined);
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.client.connection.close();
    await this.connection.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  #room() {
    return {
      enter: ({ rollout, scope }: { rollout: string; scope: readonly Target[] }) => {
        for (const [other, held] of this.inside) {
          if (other === rollout || !scope.some((one) => held.some((two) => conflict(one, two)))) continue;
          throw ApplicationFailure.nonRetryable(`${rollout} met ${other} inside`, 'Conflict');
        }
        this.inside.set(rollout, scope);
        this.entered.push(rollout);
        return Promise.resolve();
      },
      leave: ({ rollout }: { rollout: string }) => {
        this.inside.delete(rollout);
        return Promise.resolve();
      },
      notify: ({ text }: { text: string }) => {
        this.told.push(text);
        return Promise.resolve(null);
      },
      exportJournal: () => Promise.resolve(),
      identify: ({ by }: { by: string }): Promise<Identity> =>
        Promise.resolve(
          by === 'nobody'
            ? { refused: 'nobody is not known here' }
            : { principal: { name: by, groups: [by] }, operators: ['sre'] },
        ),
    };
  }
}
