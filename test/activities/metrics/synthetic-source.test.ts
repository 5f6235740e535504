import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { syntheticSource } from '../../../activities/metrics/synthetic-source.js';
import { increaseOver } from '../../../src/analysis/sample.js';

const { signal } = new AbortController();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('counts good requests of both arms until it is to be bad, and good ones again afterwards', async () => {
  let bad = false;
  const source = syntheticSource({ requestsPerSecond: 100, isBad: () => Promise.resolve(bad) });
  const next = async () => {
    vi.advanceTimersByTime(1_000);
    return source.scrape(signal);
  };
  const first = await next();
  const good = increaseOver('candidate', [first, await next()]);
  expect(good).toMatchObject({ requests: 100, failed: 0 });
  expect(good?.durations[0]).toMatchObject({ count: 100 });
  bad = true;
  const before = await source.scrape(signal);
  const worse = increaseOver('baseline', [before, await next()]);
  expect(worse).toMatchObject({ requests: 100, failed: 100 });
  expect(worse?.durations[0]).toMatchObject({ count: 0 });
  bad = false;
  const healed = await source.scrape(signal);
  expect(increaseOver('baseline', [healed, await next()])).toMatchObject({ requests: 100, failed: 0 });
});

it('says nothing where it cannot be known whether it is to be bad', async () => {
  const source = syntheticSource({
    requestsPerSecond: 100,
    isBad: () => Promise.reject(new Error('the records are gone')),
  });
  await expect(source.scrape(signal)).rejects.toThrow('the records are gone');
});
