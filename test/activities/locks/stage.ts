import { randomUUID } from 'node:crypto';
import { ApplicationFailure, type Client, type WorkflowHandle } from '@temporalio/client';
import { createLocksActivities } from '../../../activities/locks/locks-activities.js';
import { freshRecords, type FreshRecords } from '../../support/records.js';
import { ask } from '../../../apps/client/ask.js';
import { Calls } from '../../../apps/client/calls.js';
import { framed } from '../../../apps/worker/framed.js';
import {
  locksId,
  locksNames,
  type Identity,
  type LocksInput,
  type Asking,
  type LockTable,
} from '../../../src/protocol/locks.js';
import { conflict } from '../../../src/environment/locks/table.js';
import type { Target } from '../../../src/engine/plan/plan.js';
import type { lockingRollout } from '../../workflows/fixtures/locking-rollout.js';
import { onTemporal, type OnTemporal, type RunningWorker } from '../../support/temporal.js';
import type { LockAnswer } from '../../../src/engine/state/values.js';

const ordinary = new URL('../../workflows/fixtures/locking-rollout.ts', import.meta.url);
const strange = new URL('../../workflows/fixtures/strange-locks.ts', import.meta.url);
/** An environment of one test's own with real locks, and a room that knows who is inside. */
export class Stage {
  readonly environment = `env-${randomUUID().slice(0, 8)}`;
  readonly taskQueue: string;
  /** What its workers run. */
  readonly workflows = ordinary;
  /** Whoever is inside, and what they are there for. */
  readonly inside = new Map<string, readonly Target[]>();
  /** Everyone who has been inside, in order of arrival. */
  readonly entered: string[] = [];
  readonly told: string[] = [];
  readonly #rollouts: WorkflowHandle[] = [];
  readonly #workers: RunningWorker[] = [];
  readonly client: Client;

  readonly #temporal: OnTemporal;
  readonly #records: FreshRecords;

  private constructor(temporal: OnTemporal, records: FreshRecords, queueOf: (environment: string) => string) {
    this.#temporal = temporal;
    this.#records = records;
    this.client = temporal.client;
    this.taskQueue = queueOf(this.environment);
  }

  /** @param queueOf where its workers ask for work: who comes as a client finds them only at `taskQueueOf` */
  static async set(queueOf = (environment: string) => `locks-${environment}`): Promise<Stage> {
    return new Stage(await onTemporal(), await freshRecords(), queueOf);
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
  async work(atOnce = 100, workflows = ordinary): Promise<RunningWorker> {
    const { client, environment, taskQueue } = this;
    const locks = createLocksActivities({
      client,
      environment,
      taskQueue,
      records: this.#records,
      verify: () => Promise.reject(new Error('nothing is read here')),
    });
    const running = await this.#temporal.work({
      taskQueue,
      workflows,
      activities: framed({ ...locks, ...this.#room() }),
      stickyQueueScheduleToStartTimeout: '1s',
      maxConcurrentActivityTaskExecutions: atOnce,
    });
    this.#workers.push(running);
    return running;
  }

  /** A worker whose locks leave a history behind that no other worker can replay. */
  workStrangely(): Promise<RunningWorker> {
    return this.work(100, strange);
  }

  async clear(): Promise<void> {
    await Promise.all(this.#rollouts.map((handle) => handle.terminate().catch(() => undefined)));
    await this.locks.terminate().catch(() => undefined);
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await Promise.all([this.#temporal.close(), this.#records.close()]);
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
      identify: ({ by }: { by: readonly string[] }): Promise<Identity[]> =>
        Promise.resolve(
          by.map((name) =>
            name === 'nobody'
              ? { refused: 'nobody is not known here' }
              : { principal: { name, groups: [name] }, operators: ['sre'] },
          ),
        ),
    };
  }
}
