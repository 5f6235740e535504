import { expect, it } from 'vitest';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  type TestEnvironment,
} from '../support/rollouts.js';

/** Rolled back and verified, but nobody can say that users are well. */
async function expectUnconfirmed(
  environment: TestEnvironment,
  afterAbort: () => void,
  reason: RegExp,
): Promise<void> {
  const before = await lookAtWorld(environment);
  const rollout = await environment.start({ canaryFor: '1m', preflightWithin: '12s' });
  await rollout.waitForWatch('watch/canary-25');
  expect(await rollout.decide('ana', { type: 'abort' })).toMatchObject({ accepted: true });
  afterAbort();
  const { outcome, closed, journal } = await rollout.ended();

  expect(outcome).toEqual({
    type: 'rolled-back',
    reason: 'ana aborted: decided in a test',
    cause: { type: 'aborted', by: 'ana', reason: 'decided in a test' },
    unconfirmed: true,
  });
  expect(closed).toBe('COMPLETED');
  expect(eventsOf(journal, 'baseline-confirmed')).toEqual([]);
  const unconfirmed = eventOf(journal, 'unconfirmed');
  expect(unconfirmed.reason).toMatch(reason);
  expect(unconfirmed.number).toBeGreaterThan(eventsOf(journal, 'verified').at(-1)?.number ?? 0);
  const incident = expect.stringMatching(/^INCIDENT.*verified, but the baseline is not confirmed/) as string;
  await eventually(() => expect(environment.told).toContainEqual(incident));
  expect(await lookAtWorld(environment)).toEqual(before);
}

it.concurrent(
  'a baseline that is not well after the rollback leaves it unconfirmed, and somebody is called',
  () =>
    inEnvironment({}, (environment) =>
      expectUnconfirmed(environment, () => (environment.shop.baselineFailing = 0.5), /errors.*limit 5 %/),
    ),
);

it.concurrent('so does a source that does not answer any more: no evidence confirms nothing', () =>
  inEnvironment({}, (environment) =>
    expectUnconfirmed(environment, () => (environment.shop.answers = 'error'), /no.evidence|error|500/),
  ),
);
