import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { watchDrills } from '../../../apps/worker/drill/overdue.js';
import { Refusal } from '../../../src/engine/base/errors.js';

const day = 86_400_000;

/** A server with one schedule: a drill each day, for a long time. */
function serverWith(list: () => AsyncIterable<{ scheduleId: string }>): Client {
  const described = {
    state: { paused: false },
    info: { nextActionTimes: [], createdAt: new Date(Date.now() - 90 * day) },
    spec: { intervals: [{ every: day }] },
  };
  return { schedule: { list, getHandle: () => ({ describe: async () => described }) } } as unknown as Client;
}

/** The first thing that people are told. */
async function firstTold(client: Client, drilledAt: () => Promise<number | undefined>): Promise<string> {
  const ending = new AbortController();
  let told = '';
  await watchDrills({
    client,
    drills: 'drills',
    drilledAt,
    every: 1,
    signal: ending.signal,
    notify: async ({ text, urgency }) => {
      told = `${urgency}: ${text}`;
      ending.abort();
    },
  });
  return told;
}

async function* one() {
  yield { scheduleId: 'drill/drills/split' };
}

it('a record that somebody edited does not silence the alarm about drills', async () => {
  const edited = async () => {
    throw new Refusal('drill record abc', 'is not what was kept', 'drill again');
  };
  expect(await firstTold(serverWith(one), edited)).toMatch(
    /^incident: nobody can tell when split was last drilled in drills: drill record abc: is not what was kept/,
  );
});

it('somebody is called when nobody can look for a while, and not at the first time', async () => {
  let looks = 0;
  const lost = async () => {
    looks += 1;
    throw new Error('the records are gone');
  };
  expect(await firstTold(serverWith(one), lost)).toMatch(
    /^incident: nobody can tell whether drills come in drills: the records are gone/,
  );
  expect(looks).toBe(10);
});

it('a drill that did not come is told as before', async () => {
  expect(await firstTold(serverWith(one), async () => Date.now() - 2 * day)).toMatch(/is overdue/);
});
