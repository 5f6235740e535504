import { randomUUID } from 'node:crypto';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import {
  createSentinelActivities,
  type SentinelActivities,
  type SentinelDependencies,
} from '../../../activities/sentinel/sentinel-activities.js';
import { unpack } from '../../../src/environment/sentinel/packed.js';
import {
  sentinelId,
  sentinelNames,
  type OrphanReport,
  type RosterPage,
  type SentinelInput,
} from '../../../src/protocol/sentinel.js';
import { framed } from '../../../apps/worker/framed.js';
import type { Guard } from '../../../src/engine/plan/plan.js';
import type { Heard, watchedRollout } from '../../workflows/fixtures/watched-rollout.js';
import { temporalCli } from '../../support/rollouts/temporal-cli.js';
import { onTemporal, type OnTemporal, type RunningWorker } from '../../support/temporal.js';
import { eventually } from '../../support/eventually.js';
import { FakeShop, MemoryEvidence } from './fake-shop.js';
import type { GuardReading, Notice } from '../../../src/engine/state/values.js';
import type { Subscriber, Watched } from '../../../src/protocol/subscriptions.js';

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

const ordinary = new URL('../../workflows/fixtures/watched-rollout.ts', import.meta.url);
const strange = new URL('../../workflows/fixtures/strange-sentinel.ts', import.meta.url);
/** An environment of one test's own: its shop, its evidence, its task queue, and the workers it starts. */
export class Stage {
  readonly environment = `env-${randomUUID().slice(0, 8)}`;
  readonly taskQueue: string;
  readonly shop = new FakeShop();
  readonly evidence = new MemoryEvidence();
  /** What people were told. */
  readonly notices: Notice[] = [];
  readonly #workers: RunningWorker[] = [];
  readonly client: Client;
  readonly #rollouts: WorkflowHandle[] = [];

  /** What telling people throws, as long as it is set. */
  mute: Error | undefined;
  readonly #notify = (notice: Notice) =>
    this.mute === undefined ? Promise.resolve(void this.notices.push(notice)) : Promise.reject(this.mute);

  readonly #temporal: OnTemporal;

  private constructor(temporal: OnTemporal, queueOf: (environment: string) => string) {
    this.#temporal = temporal;
    this.client = temporal.client;
    this.taskQueue = queueOf(this.environment);
  }

  /** @param queueOf where its workers ask for work: who comes as a client finds them only at `taskQueueOf` */
  static async set(queueOf = (environment: string) => `sentinel-${environment}`): Promise<Stage> {
    return new Stage(await onTemporal(), queueOf);
  }

  /** The activities as a new process would make them: with nothing scraped yet. */
  activities(
    sources: Record<string, MetricsSource> = { shop: this.shop },
    settings: Pick<SentinelDependencies, 'lookAroundEvery' | 'unkeptAfter'> = {},
  ): SentinelActivities {
    const { client, evidence, environment, taskQueue } = this;
    const quick = { idleAfter: 500, lookAroundEvery: 300, ...settings };
    const calls = {
      notify: (notice: Notice) => this.#notify(notice),
      byHand: () => Promise.resolve(['by hand: put it back']),
    };
    return createSentinelActivities({
      client,
      sources,
      evidence,
      environment,
      taskQueue,
      ...calls,
      ...quick,
    });
  }

  /** Starts a worker; with `none` it runs workflows but cannot watch. */
  async work(
    activities: SentinelActivities | 'none' = this.activities(),
    workflows = ordinary,
  ): Promise<RunningWorker> {
    const running = await this.#temporal.work({
      taskQueue: this.taskQueue,
      workflows,
      ...(activities === 'none' ? {} : { activities: framed({ ...activities, notify: this.#notify }) }),
      stickyQueueScheduleToStartTimeout: '1s',
      maxHeartbeatThrottleInterval: '1s',
    });
    this.#workers.push(running);
    return running;
  }

  /** A worker whose sentinel leaves a history behind that no other worker can replay. */
  workStrangely(): Promise<RunningWorker> {
    return this.work(this.activities(), strange);
  }

  /** Starts a rollout's workflow; it does not subscribe by itself. */
  async rollout(
    name = `${this.environment}/rollout-${randomUUID().slice(0, 8)}`,
    taskQueue = this.taskQueue,
  ): Promise<Rollout> {
    const handle = await this.client.workflow.start<typeof watchedRollout>('watchedRollout', {
      workflowId: name,
      taskQueue,
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
    await this.#temporal.close();
  }
}

/** A rollout under test. */
export class Rollout {
  readonly #client: Client;

  constructor(
    readonly name: string,
    readonly handle: WorkflowHandle<typeof watchedRollout> & { firstExecutionRunId?: string },
    client: Client,
  ) {
    this.#client = client;
  }

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
    return this.#client.workflow.getHandle(this.name).query<Heard>('heard');
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

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
