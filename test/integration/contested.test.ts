import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { setFlagByHand } from '../support/rollouts/stranger.js';
import { eventOf, eventsOf, eventually, inEnvironment, type TestEnvironment } from '../support/rollouts.js';

const untilTold = ({ told }: TestEnvironment, text: RegExp) =>
  eventually(() => expect(told).toContainEqual(expect.stringMatching(text)));

async function exposed(environment: TestEnvironment) {
  const rollout = await environment.start({ canaryFor: '1m' });
  await rollout.waitForWatch('watch/canary-25');
  expect(environment.percent()).toBe(25);
  return rollout;
}

it.concurrent(
  'what a stranger raised once may be raised again: it is looked at for a minute before that is over',
  () =>
    inEnvironment({}, async (environment) => {
      const rollout = await exposed(environment);
      await setFlagByHand(environment.flagFile, 60);
      const { outcome, journal } = await rollout.ended();

      const words = /flag "split-name" gives "on" to 60 %, this rollout left 25 % at .*owned by/;
      expect(outcome).toMatchObject({ type: 'rolled-back', reason: expect.stringMatching(words) });
      expect(environment.percent()).toBe(0);
      const drift = eventOf(journal, 'drift');
      expect(eventOf(journal, 'ended').at - drift.at).toBeGreaterThanOrEqual(60_000);
    }),
);

it.concurrent('who writes the flag all the time is not fought: three times, then someone is called', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await exposed(environment);
    let writes = true;
    const stranger = (async () => {
      // As a loop of a person or a controller does; who writes without a pause lets nobody write at all.
      for (; writes; await sleep(1_000)) await setFlagByHand(environment.flagFile, 50);
    })();
    try {
      const { stuck } = await rollout.waitForOperator('verify/flag:split-name');
      expect(stuck?.problem).toMatch(/50 % are exposed: somebody else writes flag:split-name.*owned by/);
      await untilTold(environment, /needs an operator.*50 % are exposed/);
      const written = eventsOf(await rollout.journal(), 'undone').filter(
        ({ step }) => step === 'expose/split-name/25',
      );
      expect(written.length).toBeLessThanOrEqual(3);
      expect((await environment.client.status(rollout.id)).outcome).toBeUndefined();
    } finally {
      writes = false;
      await stranger;
    }
    await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
    expect(environment.percent()).toBe(0);
  }),
);
