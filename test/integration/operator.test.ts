import { expect, it } from 'vitest';
import type { Act, ContractStep, Plan, ReversibleUndo, Step, Watch } from '../../src/engine/plan/plan.js';
import { askOnFailure } from '../../src/steps/index.js';
import { eventsOf, inEnvironment, lookAtWorld, type TestRollout } from '../support/rollouts.js';

const refused = (reason: string) => ({ accepted: false, reason: expect.stringContaining(reason) as string });
const accepted = (reason: string) => ({ accepted: true, reason: expect.stringContaining(reason) as string });

/** The plan with one of its steps changed. */
function withStep<S extends Step>(plan: Plan, id: string, change: (step: S) => S): Plan {
  const changed = Object.entries(plan.phases).map(([phase, steps]: [string, readonly ContractStep[]]) => [
    phase,
    steps.map((step) => (step.id === id ? change(step as S) : step)),
  ]);
  return { ...plan, phases: Object.fromEntries(changed) as Plan['phases'] };
}

/** A canary that lasts until somebody of `sre` ends it. */
const longCanary = { canaryFor: '30m' };
const endedBySre = (plan: Plan) =>
  withStep<Watch>(plan, 'watch/canary-25', (watch) => ({ ...watch, early: { by: ['sre'], after: 300 } }));

async function complete(rollout: TestRollout) {
  await rollout.pass('approve/go', { ana: 'update', ben: 'update' });
  await rollout.pass('approve/purge', { ben: 'update' });
  return rollout.ended();
}

it.concurrent('is paused, extended, taken to zero, climbs again, and ends a watch early', () =>
  inEnvironment({}, async (environment) => {
    const flagsBefore = await environment.flags();
    const rollout = await environment.start(longCanary, endedBySre);
    await rollout.waitForWatch('watch/canary-25');

    // Everybody who is known may pause; who resumes has to be an operator.
    expect(await rollout.decide('carl', { type: 'pause' })).toEqual(accepted('until somebody resumes'));
    expect(await rollout.status()).toMatchObject({ status: 'paused', paused: { by: 'carl' }, exposure: 25 });
    expect(await rollout.decide('carl', { type: 'resume' })).toEqual(
      refused('carl is in none of the groups'),
    );
    expect(await rollout.decide('mallory', { type: 'resume' })).toEqual(refused('mallory is not known'));
    expect(await rollout.decide('ana', { type: 'advance' })).toEqual(
      refused('(it is paused; possible now: resume, abort, pause, extend, halt)'),
    );
    expect(await rollout.decide('ben', { type: 'resume' })).toEqual(accepted('goes on where it was'));

    // The same decision twice counts once.
    const longer = await rollout.request('ana', { type: 'extend', ms: 60_000 });
    const [first, again] = [
      await environment.client.decide(rollout.id, longer),
      await environment.client.decide(rollout.id, longer),
    ];
    expect([first, again]).toEqual([accepted('1m more'), first]);
    await environment.temporal.workflow.getHandle(rollout.id).signal('decide', longer);
    expect((await rollout.status()).watch).toMatchObject({ step: 'watch/canary-25', extended: 60_000 });

    expect(await rollout.decide('carl', { type: 'pause', exposure: 'zero' })).toEqual(
      accepted('exposure goes back at once'),
    );
    const down = await rollout.waitFor(
      'nobody exposed',
      ({ status, exposure, retreating }) => status === 'paused' && exposure === 0 && !retreating,
    );
    expect(environment.percent()).toBe(0);
    expect(await environment.flags()).toBe(flagsBefore);
    expect(down.steps.filter(({ phase }) => phase === 'expand').map(({ status }) => status)).toEqual([
      'done',
      'done',
      'done',
      'done',
    ]);
    expect(down.steps.filter(({ phase }) => phase === 'canary')).toMatchObject([
      { id: 'expose/split-name/25', status: 'pending', epoch: 1 },
      { id: 'watch/canary-25', status: 'pending', epoch: 1 },
    ]);

    expect(await rollout.decide('ana', { type: 'resume' })).toEqual(accepted('goes on where it was'));
    const { watch } = await rollout.waitForWatch('watch/canary-25');
    expect(watch).not.toHaveProperty('extended');
    expect(environment.percent()).toBe(25);
    expect(await rollout.decide('ana', { type: 'advance' })).toEqual(
      refused('ana is in none of the groups that may decide: sre'),
    );
    expect(await rollout.decide('ben', { type: 'advance' })).toEqual(accepted('good evidence for 300ms'));

    const { outcome, closed, journal } = await complete(rollout);
    expect([outcome.type, closed, environment.percent()]).toEqual(['completed', 'COMPLETED', 100]);
    const exposed = eventsOf(journal, 'act-done', 'expose/split-name/25');
    expect(exposed.map(({ epoch }) => epoch)).toEqual([0, 1]);
    expect(eventsOf(journal, 'act-done', 'backfill/shop.customer')).toHaveLength(1);
    expect(eventsOf(journal, 'watch-passed', 'watch/canary-25').map(({ epoch }) => epoch)).toEqual([1]);
    expect(eventsOf(journal, 'decision').filter(({ reason }) => reason.startsWith('extend'))).toHaveLength(1);
  }),
);

it.concurrent('asks about an act that failed, and tries it again as if for the first time', () =>
  inEnvironment({}, async (environment) => {
    const { database } = environment;
    // Nobody can change the table while a reader keeps its transaction open.
    const reader = await database.connect();
    await reader.query('begin');
    await reader.query('lock table shop.customer in access share mode');
    const rollout = await environment.start({ canary: [] }, (plan) =>
      withStep<Act<ReversibleUndo>>(plan, 'add-columns/shop.customer', (act) => ({
        ...askOnFailure(act),
        within: 3_000,
      })),
    );
    const { stuck, possible } = await rollout.waitFor(
      'an operator needed',
      ({ status }) => status === 'needs-operator',
    );
    const catalogue = await database.catalogue();
    await reader.query('rollback');
    reader.release();
    expect(stuck).toMatchObject({ step: 'add-columns/shop.customer', choices: ['retry', 'skip', 'halt'] });
    expect(possible).toEqual(['resolve', 'comment', 'abort', 'pause', 'halt']);
    expect(catalogue).not.toContain('first_name');

    const retry = { type: 'resolve', choice: 'retry' } as const;
    expect(await rollout.decide('carl', retry)).toEqual(refused('carl is in none of the groups'));
    expect(await rollout.decide('ana', { ...retry, choice: 'skip' }, '')).toEqual(
      refused('skip needs a reason'),
    );
    expect(await rollout.decide('ana', retry)).toEqual(accepted('retry add-columns/shop.customer'));

    const { outcome, journal } = await complete(rollout);
    expect(outcome.type).toBe('completed');
    const tries = (type: 'act-started' | 'act-failed' | 'act-done') =>
      eventsOf(journal, type, 'add-columns/shop.customer').map(({ epoch }) => epoch);
    expect([tries('act-started'), tries('act-failed'), tries('act-done')]).toEqual([[0, 1], [0], [1]]);
  }),
);

it.concurrent('is halted in the middle of a watch: it ends at once, and the world stays as it is', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await environment.start(longCanary);
    await rollout.waitForWatch('watch/canary-25');
    const world = await lookAtWorld(environment);
    expect(await rollout.decide('carl', { type: 'halt' })).toEqual(refused('carl is in none of the groups'));
    expect(await rollout.decide('ben', { type: 'halt' }, '')).toEqual(refused('halt needs a reason'));
    expect(await rollout.decide('ben', { type: 'advance' })).toEqual(
      refused('the plan does not let watch/canary-25 end early'),
    );
    expect(await rollout.decide('ben', { type: 'halt' })).toEqual(
      accepted('everything stays as it is, 25 % exposed, and nobody watches it'),
    );

    const { outcome, closed, failure } = await rollout.ended();
    expect(outcome).toEqual({ type: 'halted', reason: 'ben halted: decided in a test' });
    expect([closed, failure]).toEqual(['FAILED', 'Halted']);
    expect(environment.percent()).toBe(25);
    expect(await lookAtWorld(environment)).toEqual(world);
    expect(await environment.client.readings(rollout.id)).toBeUndefined();
    expect(await environment.client.locks.read(environment.name)).toMatchObject({ holders: [] });
  }),
);
