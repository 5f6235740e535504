import { expect, it } from 'vitest';
import type { Plan } from '../../src/engine/plan/plan.js';
import { backfillsOf, backfillStep, untilHalfWay, withBatchesOf } from '../support/rollouts/backfill.js';
import { all, without } from '../support/rollouts/plans.js';
import { whileLocked } from '../support/rollouts/stranger.js';
import {
  eventOf,
  eventually,
  eventsOf,
  inEnvironment,
  lookAtWorld,
  type Ended,
  type TestEnvironment,
} from '../support/rollouts.js';

const undoneIn = ({ journal }: Ended) => eventsOf(journal, 'undone').map(({ step }) => step);

/** A breach took everything back, and nothing of it is left. */
async function expectTakenBack(environment: TestEnvironment, ended: Ended, before: object): Promise<void> {
  expect(ended).toMatchObject({
    closed: 'COMPLETED',
    outcome: { type: 'rolled-back', reason: expect.stringMatching(/^guard errors failed: .*limit 5 %/) },
  });
  expect(eventsOf(ended.journal, 'verified')).toHaveLength(2);
  expect(await lookAtWorld(environment)).toEqual(before);
}

it.concurrent(
  'the candidate turns bad while the rollout is paused: it rolls back although nothing else moves',
  () =>
    inEnvironment({}, async (environment) => {
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ canaryFor: '1m' });
      await rollout.waitForWatch('watch/canary-25');
      expect(await rollout.decide('ana', { type: 'pause' })).toMatchObject({ accepted: true });
      expect(await rollout.status()).toMatchObject({ status: 'paused', exposure: 25 });
      environment.shop.failing = 0.5;
      const ended = await rollout.ended();

      await expectTakenBack(environment, ended, before);
      const paused = eventOf(ended.journal, 'paused');
      expect(eventOf(ended.journal, 'breach').number).toBeGreaterThan(paused.number);
      expect(eventsOf(ended.journal, 'resumed')).toEqual([]);
      const since = ended.journal.filter(({ number }) => number > paused.number);
      expect([...eventsOf(since, 'act-started'), ...eventsOf(since, 'watch-passed')]).toEqual([]);
    }),
);

/** The plan that exposes before it fills the new columns, as nobody should. */
function exposeThenFill(plan: Plan): Plan {
  const { expand, canary } = plan.phases;
  const filling = expand.slice(expand.findIndex(({ id }) => id === backfillStep));
  const before = expand.filter((step) => !filling.includes(step));
  return { ...plan, phases: { ...plan.phases, expand: before, canary: [...canary, ...filling] } };
}

it.concurrent('the candidate turns bad during a long act: exposure is gone before the act has ended', () =>
  inEnvironment({ customers: 8_000 }, async (environment) => {
    const { database } = environment;
    const before = await lookAtWorld(environment);
    const change = all(withBatchesOf(4), exposeThenFill, without('contract'));
    const rollout = await environment.start({}, change);
    await untilHalfWay(database, rollout.id);
    // The batch that is under way now waits for us; so would whatever waits for the act.
    await whileLocked(database, 'share row exclusive', async () => {
      environment.shop.failing = 0.5;
      await eventually(() => expect(environment.percent()).toBe(0));
      expect(eventsOf(await rollout.journal(), 'undone', backfillStep)).toEqual([]);
    });
    const ended = await rollout.ended();

    await expectTakenBack(environment, ended, before);
    expect(undoneIn(ended)).toEqual([
      'expose/split-name/25',
      backfillStep,
      'keep-in-sync/shop.customer',
      'add-columns/shop.customer',
    ]);
    // Nothing was waited for before exposure went back.
    const { number } = eventOf(ended.journal, 'unwinding');
    expect(eventOf(ended.journal, 'undo-started')).toMatchObject({
      number: number + 1,
      step: 'expose/split-name/25',
    });
    expect(eventsOf(ended.journal, 'act-done', backfillStep)).toEqual([]);
    const [stopped] = await backfillsOf(database, rollout.id);
    expect(stopped?.rows).toBeLessThan(8_000);
  }),
);

it.concurrent(
  'the candidate turns bad after the old column was retired: that comes back before anybody leaves',
  () =>
    inEnvironment({}, async (environment) => {
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ retiredFor: '1m' });
      await rollout.pass('approve/go', { ana: 'update', ben: 'update' });
      await rollout.waitForWatch('watch/retired');
      expect(environment.percent()).toBe(100);
      expect(await environment.database.catalogue()).not.toContain('"full_name"');
      environment.shop.failing = 0.5;
      const ended = await rollout.ended();

      await expectTakenBack(environment, ended, before);
      expect(undoneIn(ended).slice(0, 2)).toEqual(['retire/shop.customer', 'expose/split-name/100']);
      expect(undoneIn(ended).slice(2)).toEqual([
        'verify-parity/shop.customer',
        backfillStep,
        'keep-in-sync/shop.customer',
        'add-columns/shop.customer',
      ]);
      const back = eventOf(ended.journal, 'undone', 'retire/shop.customer');
      const hop = eventsOf(ended.journal, 'undo-started').filter(({ step }) => step?.startsWith('expose/'));
      expect(hop).toHaveLength(1);
      expect(hop[0]?.number).toBeGreaterThan(back.number);
      expect(eventsOf(ended.journal, 'no-return')).toEqual([]);
    }),
);
