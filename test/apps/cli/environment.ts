import { randomBytes } from 'node:crypto';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { inject } from 'vitest';
import { createLocksActivities } from '../../../activities/locks/locks-activities.js';
import type { Records } from '../../../activities/records/records.js';
import { freshRecords, type FreshRecords } from '../../support/records.js';
import type { LiveReadings } from '../../../activities/sentinel/live.js';
import { type Environment } from '../../../apps/config/config.js';
import { identify } from '../../../apps/worker/people.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { DecisionRequest } from '../../../src/engine/state/messages.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import type { Verbs } from '../../../src/engine/state/ports.js';
import { onTemporal } from '../../support/temporal.js';
import { taskQueueOf } from '../../../src/protocol/task-queue.js';

/** An environment of one test file's own, with the real workflows and a world that exists in name only. */
export interface TestEnvironment {
  readonly name: string;
  readonly address: string;
  readonly client: Client;
  readonly records: FreshRecords;
  /** What a configuration file says of it. */
  readonly configured: object;
  /** Acts that never end by themselves. */
  readonly endless: Set<string>;
  /** What the sentinel's activity says while it lives. */
  live: LiveReadings | undefined;
  stop(): Promise<void>;
}

const people: Record<string, string[]> = { ana: ['team-one'], ben: ['sre'], carl: ['support'] };
const configured: Environment = {
  kind: 'local',
  databases: {},
  flags: {},
  metrics: {},
  adapters: {},
  records: 'nowhere',
  people,
  operators: ['sre'],
};

export async function startEnvironment(): Promise<TestEnvironment> {
  const address = inject('temporalAddress');
  const name = `t${randomBytes(4).toString('hex')}`;
  const temporal = await onTemporal();
  const { client } = temporal;
  const records = await freshRecords(name);
  const environment: TestEnvironment = {
    name,
    address,
    client,
    records,
    configured: { kind: 'local', records: { url: records.url } },
    endless: new Set(),
    live: undefined,
    async stop() {
      await worker.stop();
      await Promise.all([temporal.close(), records.close()]);
    },
  };
  const worker = await temporal.work({
    taskQueue: taskQueueOf(name),
    activities: {
      ...activitiesOf(environment, records),
      ...createLocksActivities({
        client,
        environment: name,
        taskQueue: taskQueueOf(name),
        records,
        verify: () => Promise.resolve({ verified: true, reason: 'read again', evidence: {} }),
      }),
      identify: ({ by }: { by: readonly string[] }) =>
        Promise.all(by.map((who) => identify(configured, name, who, undefined, nobodyAsked))),
    },
    maxHeartbeatThrottleInterval: '200ms',
    shutdownForceTime: '5s',
  });
  return environment;
}

/** Who subscribes, as it says with what it asks for. */
interface Subscriber {
  readonly workflowId: string;
  readonly runId: string;
  readonly chain?: string;
}

const nobodyAsked = {
  cameAt: () => Promise.resolve(undefined),
  stoppedBy: () => Promise.resolve(undefined),
  delegated: () => Promise.resolve([]),
};

function activitiesOf(environment: TestEnvironment, { captures, journal }: Records) {
  return {
    check: ({ act }: { act: Act }) => {
      if (act.do.input['name'] !== 'unfit') return Promise.resolve({ evidence: {} });
      throw ApplicationFailure.nonRetryable('thing one: is not yours; ask its owner', 'Refusal');
    },
    capture: ({ act, key }: Verbs['capture']['in']) =>
      captures.putIfAbsent(key.rollout, act.target, { target: act.target, at: Date.now(), state: {} }),
    apply: ({ act }: Verbs['apply']['in']) =>
      environment.endless.has(act.id) ? untilCancelled() : Promise.resolve({}),
    undo: () => Promise.resolve({}),
    restore: () => Promise.resolve({ evidence: {} }),
    fence: () => Promise.resolve({ effect: 'none' }),
    observe: () => Promise.resolve({ asked: false, evidence: {} }),
    resolve: () => Promise.resolve({}),
    verify: () => Promise.resolve({ verified: true, reason: 'read again', evidence: {} }),
    subscribe: async (given: Verbs['subscribe']['in'] & Subscriber) => {
      const readings = given.guards.map(({ name }) => ({
        guard: name,
        verdict: 'pass',
        at: Date.now(),
        reason: 'all is well',
        failed: [],
        value: 0.01,
      }));
      const handle = environment.client.workflow.getHandle(given.workflowId, given.runId);
      const looks = (given.exposed ?? []).map(({ target }) => ({
        target,
        verdict: 'as-left',
        at: Date.now(),
        reason: 'as it was left',
        percent: given.percent,
      }));
      await handle.signal('evidence', { chain: given.chain, subscription: given.number, readings, looks });
      return null;
    },
    unsubscribe: () => Promise.resolve(null),
    judge: ({ subscription, from, to }: Verbs['judge']['in']) =>
      Promise.resolve({
        verdict: 'pass',
        reason: 'all is well',
        failed: [],
        covered: to - from,
        recorded: {},
        last: subscription.guards.map(({ name }) => ({
          guard: name,
          verdict: 'pass',
          at: to,
          reason: 'well',
        })),
      }),
    notify: () => Promise.resolve(null),
    authorise: ({ requests }: { requests: readonly DecisionRequest[] }) =>
      Promise.resolve(
        requests.map(({ by }) => {
          const groups = people[by];
          return groups ? { principal: { name: by, groups } } : { refused: `${by} is not known here` };
        }),
      ),
    exportJournal: ({ rollout, events }: { rollout: string; events: readonly JournalEvent[] }) =>
      journal.append(rollout, events),
    watchEnvironment: async () => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(environment.live), 100);
      await context.cancelled.finally(() => clearInterval(beat));
    },
  };
}

async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  return context.cancelled.finally(() => clearInterval(beat));
}
