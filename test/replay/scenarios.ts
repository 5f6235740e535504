import { expect } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import { untilHalfWay, withBatchesOf } from '../support/rollouts/backfill.js';
import { type EnvironmentOptions, type TestEnvironment } from '../support/rollouts.js';
import type { TestRollout } from '../support/rollouts/rollout.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import { startedWith } from './histories.js';
import type { PathName } from './paths.js';
import { eventually } from '../support/eventually.js';

/** How one path is walked on real parts. */
export interface Scenario {
  readonly options?: EnvironmentOptions;
  /** How it ends, for it may meet another fate on a busy machine: `type: reason`. */
  readonly ends: RegExp;
  /** Walks the path to its end, and answers the rollout that walked it. */
  walk(environment: TestEnvironment): Promise<TestRollout>;
}

type Verb = Partial<DecisionRequest> & Pick<DecisionRequest, 'type'>;

/** Lets somebody decide; throws when it is refused. */
async function decide({ client }: TestEnvironment, rollout: TestRollout, verb: Verb, by = 'ana') {
  const request = { id: randomUUID(), by, reason: 'to walk this path', ...verb } as DecisionRequest;
  const answer = await client.decide(rollout.id, request);
  if (!answer.accepted) throw new Error(`${verb.type} was refused: ${answer.reason}`);
}

async function approveAll(rollout: TestRollout): Promise<void> {
  await rollout.pass('approve/go', { ana: 'update', ben: 'signal' });
  await rollout.pass('approve/purge', { ana: 'update' });
}

/** Starts, waits for a place, and aborts there. */
function abortAt(
  reach: (rollout: TestRollout, environment: TestEnvironment) => Promise<unknown>,
  params: JsonObject = {},
  more: Pick<Scenario, 'options'> & { readonly batches?: number } = {},
): Scenario {
  const { batches, ...options } = more;
  return {
    ...options,
    ends: /^rolled-back: ben aborted/,
    async walk(environment) {
      const rollout = await environment.start(
        params,
        batches === undefined ? undefined : withBatchesOf(batches),
      );
      await reach(rollout, environment);
      await decide(environment, rollout, { type: 'abort' }, 'ben');
      return rollout;
    },
  };
}

/** Every path that a rollout can take, by its name. */
export const scenarios: Readonly<Record<PathName, Scenario>> = {
  completed: {
    ends: /^completed/,
    async walk(environment) {
      const rollout = await environment.start();
      await approveAll(rollout);
      return rollout;
    },
  },
  rejected: {
    ends: /^rolled-back: ben rejected/,
    async walk(environment) {
      const rollout = await environment.start();
      await rollout.decideAt('approve/go', 'ana', { type: 'approve' });
      await rollout.decideAt('approve/go', 'ben', { type: 'reject' });
      return rollout;
    },
  },
  'expired-approval': {
    ends: /^rolled-back: approve.go expired/,
    walk: (environment) => environment.start({ decideWithin: '1s' }),
  },
  'guard-fail': {
    ends: /^rolled-back: guard errors failed/,
    async walk(environment) {
      const rollout = await environment.start({ canaryFor: '1m' });
      await rollout.waitForWatch('watch/canary-25');
      environment.shop.failing = 0.5;
      return rollout;
    },
  },
  'no-evidence': {
    ends: /^rolled-back: held too long/,
    async walk(environment) {
      const rollout = await environment.start({ canaryFor: '1m', askAfter: '1s', giveUpAfter: '2s' });
      await rollout.waitForWatch('watch/canary-25');
      environment.shop.answers = 'html';
      return rollout;
    },
  },
  refused: {
    ends: /^refused: .*the guards did not give leave/,
    async walk(environment) {
      environment.shop.answers = 'html';
      return environment.start({ preflightWithin: '2s' });
    },
  },
  queued: {
    ends: /^rolled-back: ben aborted/,
    async walk(environment) {
      const first = await environment.start();
      await first.waitForGate('approve/go');
      const second = await environment.start();
      await second.waitFor('in line', ({ status }) => status === 'queued');
      await decide(environment, first, { type: 'abort' });
      await second.waitForGate('approve/go');
      await decide(environment, second, { type: 'abort' }, 'ben');
      return second;
    },
  },
  'abort-in-expand': abortAt(
    (rollout, { database }) => untilHalfWay(database, rollout.id),
    {},
    { options: { customers: 4_000 }, batches: 4 },
  ),
  'abort-in-canary': abortAt((rollout) => rollout.waitForWatch('watch/canary-25'), { canaryFor: '1m' }),
  'abort-in-soak': abortAt((rollout) => rollout.waitForWatch('watch/soak'), { soakFor: '1m' }),
  'abort-in-promote': abortAt((rollout) => rollout.waitForGate('approve/go')),
  'abort-in-contract': abortAt(async (rollout) => {
    await rollout.pass('approve/go', { ana: 'update', ben: 'update' });
    await rollout.waitForGate('approve/purge');
  }),
  cancelled: {
    ends: /^rolled-back: .*cancelled/,
    async walk(environment) {
      const rollout = await environment.start({ canaryFor: '1m' });
      await rollout.waitForWatch('watch/canary-25');
      await environment.temporal.workflow.getHandle(rollout.id).cancel();
      return rollout;
    },
  },
  'failed-undo': {
    ends: /^rolled-back: ana aborted/,
    async walk(environment) {
      const rollout = await environment.start();
      await failAnUndo(environment, rollout);
      return rollout;
    },
  },
  'pause-and-resume': {
    ends: /^completed/,
    async walk(environment) {
      const rollout = await environment.start({ canaryFor: '3s' });
      await rollout.waitForWatch('watch/canary-25');
      await decide(environment, rollout, { type: 'pause' });
      await rollout.waitFor('paused', ({ status }) => status === 'paused');
      await decide(environment, rollout, { type: 'resume' }, 'ben');
      await approveAll(rollout);
      return rollout;
    },
  },
  halt: {
    ends: /^halted: ana halted/,
    async walk(environment) {
      const rollout = await environment.start();
      await rollout.waitForGate('approve/go');
      await decide(environment, rollout, { type: 'halt' });
      return rollout;
    },
  },
  reset: {
    ends: /^rolled-back: ana aborted/,
    async walk(environment) {
      const rollout = await environment.start({ canaryFor: '1m' });
      await rollout.waitForWatch('watch/canary-25');
      const what = [
        '--workflow-id',
        rollout.id,
        '--type',
        'FirstWorkflowTask',
        '--reason',
        'to walk this path',
      ];
      await temporalCli('workflow', 'reset', ...what);
      await rollout.waitForEvent('retreated');
      await rollout.waitForWatch('watch/canary-25');
      await decide(environment, rollout, { type: 'abort' });
      return rollout;
    },
  },
  'continue-as-new': {
    ends: /^completed/,
    async walk(environment) {
      const rollout = await environment.start({}, undefined, { continueAfter: 150 });
      await approveAll(rollout);
      return rollout;
    },
  },
  'continue-as-new-while-unwinding': {
    ends: /^rolled-back: ana aborted/,
    async walk(environment) {
      // Nobody is exposed: a run that begins needs no evidence, and may be shorter.
      const rollout = await environment.start({ canary: [] }, undefined, { continueAfter: 40 });
      await failAnUndo(environment, rollout, () => untilRenewedWhileUnwinding(environment, rollout));
      return rollout;
    },
  },
};

/** Aborts at the gate; an undo cannot be done until an operator has it tried again, `meanwhile` is over first. */
async function failAnUndo(
  environment: TestEnvironment,
  rollout: TestRollout,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { database } = environment;
  await rollout.waitForGate('approve/go');
  await database.query('create view shop.dependent as select last_name from shop.customer');
  await decide(environment, rollout, { type: 'abort' });
  await rollout.waitFor('an undo that failed', ({ status }) => status === 'needs-operator');
  await meanwhile();
  await database.query('drop view shop.dependent');
  await decide(environment, rollout, { type: 'resolve', choice: 'retry' });
}

/** The run that is under way was started in the middle of a rollback. */
async function untilRenewedWhileUnwinding({ temporal }: TestEnvironment, { id }: TestRollout): Promise<void> {
  const begun = async () => startedWith(await temporal.workflow.getHandle(id).fetchHistory());
  await eventually(async () => expect(await begun()).toContain('"unwinding"'));
}
