import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  makeTelemetryFilterString,
} from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { expect, inject } from 'vitest';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import {
  createSentinelActivities,
  type SentinelActivities,
  type SentinelDependencies,
} from '../../../activities/sentinel/create-sentinel-activities.js';
import { unpack } from '../../../src/analysis/packed.js';
import {
  sentinelId,
  sentinelNames,
  type OrphanReport,
  type RosterPage,
  type SentinelInput,
  type Subscriber,
  type Watched,
} from '../../../src/analysis/sentinel.js';
import { bundleWorkflows } from '../../../src/app/workflow-bundle.js';
import type { Guard } from '../../../src/engine/plan.js';
import type { GuardReading, Notice } from '../../../src/engine/ports.js';
import type { Heard, watchedRollout } from '../../workflows/fixtures/watched-rollout.js';
import { temporalCli } from '../../support/rollouts/temporal-cli.js';
import '../../support/servers.js';
import { FakeShop, MemoryEvidence } from './fake-shop.js';

/** Intervals in milliseconds, so that the tests are short; on a busy machine a tick may still be late. */
export const rules = { interval: 200, lookBack: 2_000, minRequests: 20, maxAge: 1_500 };
export const errorsBelow = (atMost: number, source = 'shop'): Guard => ({
  name: `errors-${source}`,
  metric: { type: 'error-rate', source },
  criterion: { type: 'absolute', atMost },
  evidence: rules,
  on: { fail: 'roll-back', inconclusive: 'hold', error: 'hold', 'no-evidence': 'hold' },
});

const environmentKey = defineSearchAttributeKey('SwitchbackEnvironment', SearchAttributeType.KEYWORD);

interface Running {
  stop(): Promise<void>;
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** An environment of one test's own: its shop, its evidence, its task queue, and the workers it starts. */
export class Stage {
  readonly environment = `env-${randomUUID().slice(0, 8)}`;
  readonly taskQueue = `sentinel-${this.environment}`;
  readonly shop = new FakeShop();
  readonly evidence = new MemoryEvidence();
  /** What people were told. */
  readonly notices: Notice[] = [];
  readonly #workers: Running[] = [];
  readonly #rollouts: WorkflowHandle[] = [];

  /** What telling people throws, as long as it is set. */
  mute: Error | undefined;
  readonly #notify = (notice: Notice) =>
    this.mute === undefined ? Promise.resolve(void this.notices.push(notice)) : Promise.reject(this.mute);

  private constructor(
    readonly client: Client,
    private readonly connection: NativeConnection,
    private readonly code: WorkflowBundleWithSourceMap,
  ) {}

  static async set(): Promise<Stage> {
    if (bundle === undefined) {
      Runtime.install({
        logger: new DefaultLogger('ERROR'),
        telemetryOptions: {
          logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
        },
      });
      const workflowsPath = fileURLToPath(
        new URL('../../workflows/fixtures/watched-rollout.ts', import.meta.url),
      );
      bundle = bundleWorkflows(workflowsPath);
    }
    const address = inject('temporalAddress');
    const client = new Client({ connection: await Connection.connect({ address }) });
    return new Stage(client, await NativeConnection.connect({ address }), await bundle);
  }

  /** The activities as a new process would make them: with nothing scraped yet. */
  activities(
    sources: Record<string, MetricsSource> = { shop: this.shop },
    settings: Pick<SentinelDependencies, 'lookAroundEvery' | 'unkeptAfter'> = {},
  ): SentinelActivities {
    const { client, evidence, environment, taskQueue } = this;
    const quick = { idleAfter: 500, lookAroundEvery: 300, ...settings };
    return createSentinelActivities({ client, sources, evidence, environment, taskQueue, ...quick });
  }

  /** Starts a worker; with `none` it runs workflows but cannot watch. */
  async work(activities: SentinelActivities | 'none' = this.activities()): Promise<Running> {
    const worker = await Worker.create({
      connection: this.connection,
      taskQueue: this.taskQueue,
      workflowBundle: this.code,
      ...(activities === 'none' ? {} : { activities: { ...activities, notify: this.#notify } }),
      stickyQueueScheduleToStartTimeout: '1s',
      maxHeartbeatThrottleInterval: '1s',
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

  /** Starts a rollout's workflow; it does not subscribe by itself. */
  async rollout(name = `${this.environment}/rollout-${randomUUID().slice(0, 8)}`): Promise<Rollout> {
    const handle = await this.client.workflow.start<typeof watchedRollout>('watchedRollout', {
      workflowId: name,
      taskQueue: this.taskQueue,
      typedSearchAttributes: [{ key: environmentKey, value: this.environment }],
    });
    this.#rollouts.push(handle);
    return new Rollout(name, handle, this.client);
  }

  get sentinel(): WorkflowHandle {
    return this.client.workflow.getHandle(sentinelId(this.environment));
  }

  /** Starts the sentinel with settings of its own, before anyone subscribes. */
  async startSentinel(settings: Omit<SentinelInput, 'environment'>): Promise<void> {
    await this.client.workflow.start('sentinel', {
      workflowId: sentinelId(this.environment),
      taskQueue: this.taskQueue,
      args: [{ environment: this.environment, ...settings }],
    });
  }

  /** Whom the sentinel watches, as it says itself. */
  async roster(): Promise<readonly Watched[]> {
    return unpack((await this.sentinel.query<RosterPage, [number]>(sentinelNames.roster, 0)).watched);
  }

  /** What a workflow heard, whichever of its runs. */
  heardBy(workflowId: string): Promise<Heard> {
    return this.client.workflow.getHandle(workflowId).query<Heard>('heard');
  }

  /** Resets a rollout's workflow to its beginning; signals are kept. */
  async reset({ handle }: Rollout): Promise<void> {
    const what = ['--workflow-id', handle.workflowId, '--event-id', '3', '--reason', 'tried in a test'];
    await temporalCli('workflow', 'reset', ...what);
    this.#rollouts.push(this.client.workflow.getHandle(handle.workflowId));
  }

  orphans(): Promise<readonly OrphanReport[]> {
    return this.sentinel.query<readonly OrphanReport[]>(sentinelNames.orphans);
  }

  async clear(): Promise<void> {
    await Promise.all(this.#rollouts.map((handle) => handle.terminate().catch(() => undefined)));
    await this.sentinel.terminate().catch(() => undefined);
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.client.connection.close();
    await this.connection.close();
  }
}

/** A rollout under test. */
export class Rollout {
  constructor(
    readonly name: string,
    readonly handle: WorkflowHandle<typeof watchedRollout> & { firstExecutionRunId?: string },
    private readonly client: Client,
  ) {}

  subscriber(guards: readonly Guard[], over: Partial<Subscriber> = {}): Subscriber {
    return {
      rollout: this.name,
      number: 1,
      guards,
      percent: 5,
      since: Date.now(),
      recorded: {},
      workflowId: this.handle.workflowId,
      runId: this.handle.firstExecutionRunId ?? '',
      ...over,
    };
  }

  heard(): Promise<Heard> {
    return this.client.workflow.getHandle(this.name).query<Heard>('heard');
  }

  /** The verdicts heard so far, in order, one list for each signal. */
  async verdicts(): Promise<string[][]> {
    const { evidence } = await this.heard();
    return evidence.map(({ readings }) => readings.map(({ verdict }: GuardReading) => verdict));
  }

  /** Waits until the last verdicts heard are these. */
  async hears(...verdicts: string[]): Promise<void> {
    await eventually(async () => expect((await this.verdicts()).at(-1)).toEqual(verdicts));
  }
}

/** Waits until the expectation holds; the time is generous, for a busy machine. */
export async function eventually(expectation: () => unknown): Promise<void> {
  await expect
    .poll(
      async () => {
        try {
          await expectation();
          return 'holds';
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBe('holds');
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
