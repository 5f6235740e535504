import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Exposed } from '../../../activities/sentinel/exposed.js';
import { Outage } from '../../../activities/sentinel/outage.js';
import { WatchPost } from '../../../activities/sentinel/post.js';
import { RolloutWatch } from '../../../activities/sentinel/rollout-watch.js';
import type { Notice } from '../../../src/engine/state/values.js';
import { errorsBelow } from './stage.js';

const rollout = 'rollout/e/search/k1';
const away = new Error('tcp connect error');
const guard = errorsBelow(0.05);

let notices: Notice[];
let post: WatchPost;
let recorded: Exposed[];
let outage: Outage;
let asked: (readonly string[])[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  notices = [];
  asked = [];
  recorded = [{ rollout, percent: 20, byHand: ['by hand: in flags.json, remove "targeting"'] }];
  post = new WatchPost();
  outage = new Outage({
    environment: 'e',
    post,
    notify: (notice) => Promise.resolve(void notices.push(notice)),
    exposedAmong: (rollouts) => {
      asked.push(rollouts);
      return Promise.resolve(recorded);
    },
    byHand: () => Promise.resolve(['by hand: put it back']),
    warn: () => undefined,
  });
  outage.known = [rollout];
});
afterEach(() => {
  vi.useRealTimers();
});

async function silentFor(seconds: number): Promise<void> {
  const began = performance.now();
  vi.advanceTimersByTime(seconds * 1_000);
  await outage.silent(away, began);
}

function watching(percent: number, verdict: 'pass' | 'fail'): RolloutWatch {
  const since = Date.now();
  const watch = new RolloutWatch(
    { rollout, workflowId: rollout, number: 1, percent, since, guards: [guard], recorded: {} },
    since,
  );
  watch.take([{ guard: guard.name, verdict, at: since, reason: `errors ${verdict}` }], since);
  return watch;
}

it('says who is exposed by the records, and what a hand can do, once Temporal has been silent for seconds', async () => {
  await silentFor(3);
  expect(notices).toEqual([]);
  await silentFor(3);
  expect(asked).toEqual([[rollout]]);
  expect(notices).toMatchObject([
    {
      rollout: 'sentinel/e',
      urgency: 'incident',
      kind: 'temporal-silent',
      exposure: 20,
      text: expect.stringMatching(
        /^Temporal does not answer for 6 s \(tcp connect error\).*by what the records say: rollout\/e\/search\/k1 20 %/,
      ),
      todo: [
        expect.stringContaining('bring Temporal back'),
        `${rollout}: by hand: in flags.json, remove "targeting"`,
      ],
    },
  ]);
});

it('calls once for each silence, and says when it is over', async () => {
  for (let look = 0; look < 5; look++) await silentFor(6);
  await outage.answered();
  await outage.answered();
  expect(notices.map(({ urgency }) => urgency)).toEqual(['incident', 'news']);
  await silentFor(6);
  expect(notices.map(({ urgency }) => urgency)).toEqual(['incident', 'news', 'incident']);
});

it('calls nobody while nobody is exposed', async () => {
  recorded = [];
  await silentFor(60);
  const leave = post.take(() => [watching(0, 'fail')]);
  await silentFor(60);
  leave();
  await outage.answered();
  expect(notices).toEqual([]);
});

it('says how the guards stand now when this process watches, and again when one begins to fail', async () => {
  let watch = watching(20, 'pass');
  post.take(() => [watch]);
  await silentFor(6);
  await silentFor(6);
  watch = watching(20, 'fail');
  await silentFor(6);
  await silentFor(6);
  expect(asked).toEqual([]);
  expect(notices.map(({ text }) => text)).toEqual([
    expect.stringContaining(`${rollout} 20 % (its guards pass now)`),
    expect.stringMatching(/a candidate that fails: .* 20 % \(guard errors-shop: fail, errors fail\)/),
  ]);
});

it('tries again to tell people when that failed', async () => {
  const tell = vi.fn().mockRejectedValueOnce(new Error('EPIPE')).mockResolvedValue(undefined);
  const stubborn = new Outage({
    environment: 'e',
    post,
    notify: tell,
    exposedAmong: () => Promise.resolve(recorded),
    byHand: () => Promise.resolve([]),
    warn: () => undefined,
  });
  const began = performance.now();
  vi.advanceTimersByTime(6_000);
  await stubborn.silent(away, began);
  await stubborn.silent(away, began);
  await stubborn.silent(away, began);
  expect(tell).toHaveBeenCalledTimes(2);
});
