import { expect, it } from 'vitest';
import { setFlagByHand } from '../support/rollouts/stranger.js';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  type TestEnvironment,
  type TestRollout,
} from '../support/rollouts.js';

const table = 'table:shop.customer';

const untilTold = ({ told }: TestEnvironment, text: RegExp) =>
  eventually(() => expect(told).toContainEqual(expect.stringMatching(text)));

async function exposed(environment: TestEnvironment, params: { preflightWithin?: string } = {}) {
  const rollout = await environment.start({ canaryFor: '1m', ...params });
  await rollout.waitForWatch('watch/canary-25');
  expect(environment.percent()).toBe(25);
  return rollout;
}

const abort = async (rollout: TestRollout) =>
  expect(await rollout.decide('ana', { type: 'abort' })).toMatchObject({ accepted: true });

it.concurrent('what a stranger did to the flag is shown and told, and taken back with the rest', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await exposed(environment);
    await setFlagByHand(environment.flagFile, 60);
    await abort(rollout);
    const { outcome, journal } = await rollout.ended();

    expect(outcome.type).toBe('rolled-back');
    expect(environment.percent()).toBe(0);
    const drift = eventOf(journal, 'drift');
    expect(drift).toMatchObject({
      step: 'expose/split-name/25',
      reason: expect.stringMatching(/^someone changed flag "split-name" since this rollout did: .*60 %/),
    });
    expect(drift.number).toBeLessThan(eventOf(journal, 'undone', 'expose/split-name/25').number);
    await untilTold(environment, /someone changed flag "split-name" since this rollout did: .*60 %/);
  }),
);

it.concurrent(
  'restoring never raises exposure: who turned the flag off meanwhile is asked, not overruled',
  () =>
    inEnvironment({}, async (environment) => {
      await setFlagByHand(environment.flagFile, 10);
      const { rows, catalogue, flags } = await lookAtWorld(environment);
      const rollout = await exposed(environment);
      await setFlagByHand(environment.flagFile, 0);
      await abort(rollout);
      const { stuck } = await rollout.waitForOperator('verify/flag:split-name');

      expect(environment.percent()).toBe(0);
      expect(stuck?.problem).toMatch(/captured were 10 %/);
      expect(eventOf(await rollout.journal(), 'drift').reason).toMatch(
        /left at 0 %: restoring to 10 % would raise exposure/,
      );
      await untilTold(environment, /left at 0 %: restoring to 10 % would raise exposure/);
      await untilTold(environment, /needs an operator at verify\/flag:split-name/);
      // Whoever may raise it does so by hand.
      await setFlagByHand(environment.flagFile, 10);
      await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
      expect((await rollout.ended()).outcome.type).toBe('rolled-back');
      expect(await lookAtWorld(environment)).toEqual({ rows, catalogue, flags });
    }),
);

it.concurrent(
  'a table that a stranger changed is not said to be as it was until somebody has mended it',
  () =>
    inEnvironment({}, async (environment) => {
      const { database } = environment;
      const before = await lookAtWorld(environment);
      const rollout = await exposed(environment);
      await database.query('alter table shop.customer add column nickname text');
      await abort(rollout);
      const { stuck, unwinding } = await rollout.waitForOperator(`verify/${table}`);

      expect(stuck?.choices).toEqual(['retry', 'halt']);
      expect(stuck?.problem).toMatch(/is not as it was captured: .*nickname/);
      expect(unwinding?.verifiedAt).toBeUndefined();
      expect(environment.percent()).toBe(0);
      await untilTold(environment, /needs an operator at verify\/table:shop\.customer: .*nickname/);

      // Retry without a mend finds the same again.
      await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
      await eventually(async () => expect(eventsOf(await rollout.journal(), 'not-verified')).toHaveLength(2));
      await rollout.waitForOperator(`verify/${table}`);
      await database.query('alter table shop.customer drop column nickname');
      await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
      const { outcome, journal } = await rollout.ended();

      expect(outcome).toEqual({ type: 'rolled-back', reason: 'ana aborted: decided in a test' });
      expect(eventsOf(journal, 'verified').map(({ reason }) => reason.split(': ')[0])).toEqual([
        table,
        'flag:split-name',
      ]);
      expect(await lookAtWorld(environment)).toEqual(before);
    }),
);
