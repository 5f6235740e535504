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

it.concurrent('what a stranger raises is seen at once, told, and taken back with the rest', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await exposed(environment);
    await setFlagByHand(environment.flagFile, 60);

    const words = /flag "split-name" gives "on" to 60 %, this rollout left 25 % at .*owned by/;
    await eventually(() => expect(environment.percent()).toBe(0));
    await rollout.waitForEvent('undone', 'expose/split-name/25');
    const journal = await rollout.journal();
    expect(eventOf(journal, 'unwinding')).toMatchObject({ reason: expect.stringMatching(words) });
    const drift = eventOf(journal, 'drift');
    expect(drift).toMatchObject({ reason: expect.stringMatching(words), evidence: { percent: 60 } });
    expect(drift.number).toBeLessThan(eventOf(journal, 'undone', 'expose/split-name/25').number);
    await untilTold(environment, words);
  }),
);

it.concurrent('who lowers the flag is not overruled: it holds, and goes on when that is over', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await environment.start({ canaryFor: '5s', askAfter: '1m', giveUpAfter: '5m' });
    await rollout.waitForWatch('watch/canary-25');
    await setFlagByHand(environment.flagFile, 0);
    // It may hold before for another reason: a machine that stalls measures nothing.
    const words = /flag:split-name: .*gives "on" to 0 %, this rollout left 25 %/;
    const { exposure } = await rollout.waitFor('a hold', ({ hold }) => words.test(hold?.reason ?? ''));
    expect(exposure).toBe(0);
    await untilTold(environment, /flag:split-name was lowered by somebody else, on hold/);
    expect(environment.percent()).toBe(0);
    await setFlagByHand(environment.flagFile, 25);
    await rollout.waitFor('it to go on', (report) => report.hold === undefined);
    await abort(rollout);
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  }),
);

it.concurrent('a flag that is exposed already is refused, with the percent and the steps below it', () =>
  inEnvironment({}, async (environment) => {
    await setFlagByHand(environment.flagFile, 40);
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({});
    const { outcome } = await rollout.ended();
    expect(outcome.type).toBe('refused');
    expect(outcome.reason).toMatch(/exposed already: 40 % get "on", and expose\/split-name\/25 \(25 %\)/);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('a table that a stranger changed is not said to be as it was until somebody has fixed it', () =>
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

    // Retry without a fix finds the same again.
    await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
    await eventually(async () => expect(eventsOf(await rollout.journal(), 'not-verified')).toHaveLength(2));
    await rollout.waitForOperator(`verify/${table}`);
    await database.query('alter table shop.customer drop column nickname');
    await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
    const { outcome, journal } = await rollout.ended();

    expect(outcome).toEqual({
      type: 'rolled-back',
      reason: 'ana aborted: decided in a test',
      cause: { type: 'aborted', by: 'ana', reason: 'decided in a test' },
    });
    expect(eventsOf(journal, 'verified').map(({ reason }) => reason.split(': ')[0])).toEqual([
      table,
      'flag:split-name',
    ]);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);
