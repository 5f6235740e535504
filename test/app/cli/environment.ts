import { randomBytes } from 'node:crypto';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { createLocksActivities } from '../../../activities/locks/create-locks-activities.js';
import { createRecords, type Records } from '../../../activities/records/records.js';
import type { LiveReadings } from '../../../activities/sentinel/live.js';
import { createJournal } from '../../../activities/journal/journal.js';
import { taskQueueOf, type Environment } from '../../../src/app/config.js';
import { identify } from '../../../src/app/people.js';
import { bundleWorkflows } from '../../../src/app/workflow-bundle.js';
import type { JournalEvent } from '../../../src/engine/journal.js';
import type { DecisionRequest } from '../../../src/engine/messages.js';
import type { Act } from '../../../src/engine/plan.js';
import type { Verbs } from '../../../src/engine/ports.js';
import '../../support/servers.js';

/** An environment of one test file's own, with the real workflows and a world that exists in name only. */
export interface TestEnvironment {
  readonly name: string;
  readonly address: string;
  readonly client: Client;
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

/** @param records where journals are exported to */
export async function startEnvironment(records: string): Promise<TestEnvironment> {
  const address = inject('temporalAddress');
  const name = `t${randomBytes(4).toString('hex')}`;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  const environment: TestEnvironment = {
    name,
    address,
    client,
    endless: new Set(),
    live: undefined,
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
      await clientConnection.close();
    },
  };
  const stored = createRecords(records);
  const worker = await Worker.create({
    connection,
    taskQueue: taskQueueOf(name),
    workflowBundle: await bundleWorkflows(),
    activities: {
      ...activitiesOf(environment, createJournal(records), stored),
      ...createLocksActivities({
        client,
        environment: name,
        taskQueue: taskQueueOf(name),
        records: stored,
        verify: () => Promise.resolve({ verified: true, reason: 'read again', evidence: {} }),
      }),
      identify: ({ by }: { by: string }) => Promise.resolve(identify(configured, by)),
    },
    maxHeartbeatThrottleInterval: '200ms',
    shutdownForceTime: '5s',
  });
  const running = worker.run();
  return environment;
}

function activitiesOf(
  environment: TestEnvironment,
  journal: ReturnType<typeof createJournal>,
  { captures }: Records,
) {
  return {
    check: ({ act }: { act: Act }) => {
      if (act.do.input['name'] !== 'unfit') return Promise.resolve({});
      throw ApplicationFailure.nonRetryable('thing one: is not yours; ask its owner', 'Refusal');
    },
    capture: ({ act, key }: Verbs['capture']['in']) =>
      captures.putIfAbsent(key.rollout, act.target, { target: act.target, at: Date.now(), state: {} }),
    apply: ({ act }: Verbs['apply']['in']) =>
      environment.endless.has(act.id) ? untilCancelled() : Promise.resolve({}),
    undo: () => Promise.resolve({}),
    restore: () => Promise.resolve({ evidence: {} }),
    fence: () => Promise.resolve({ effect: 'none' }),
    verify: () => Promise.resolve({ verified: true, reason: 'read again', evidence: {} }),
    subscribe: async (given: Verbs['subscribe']['in'] & { workflowId: string; runId: string }) => {
      const readings = given.guards.map(({ name }) => ({
        guard: name,
        verdict: 'pass',
        at: Date.now(),
        reason: 'all is well',
        failed: [],
        value: 0.01,
      }));
      const handle = environment.client.workflow.getHandle(given.workflowId, given.runId);
      await handle.signal('evidence', { subscription: given.number, readings });
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
    authorise: ({ request }: { request: DecisionRequest }) => {
      const groups = people[request.by];
      return Promise.resolve(
        groups ? { principal: { name: request.by, groups } } : { refused: `${request.by} is not known here` },
      );
    },
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
