import { describe, expect, it } from 'vitest';
import type { Missing } from '../../src/analysis/arms.js';
import { blindSpotsOf } from '../../src/analysis/blind-spots.js';
import { readGuard } from '../../src/analysis/read-guard.js';
import { absolute, arm, errors, guardOf, p95, relative, scrape, subscriptionOf } from './given.js';

const noFailure: Missing = { concerns: ['error-rate'], text: 'no failure counted so far' };
const noCandidate: Missing = {
  concerns: ['error-rate', 'latency'],
  text: 'candidate not counted',
};

describe('a guard that could never fail', () => {
  it('is blind to what its own metric has never had', () => {
    const newest = { ...scrape(1, arm(10)), missing: [noFailure, noCandidate] };
    expect(blindSpotsOf(guardOf(absolute(0.1)), newest)).toEqual([noFailure.text, noCandidate.text]);
    expect(blindSpotsOf(guardOf(absolute(0.1), p95), newest)).toEqual([noCandidate.text]);
    expect(blindSpotsOf(guardOf(absolute(0.1)), scrape(1, arm(10)))).toEqual([]);
    expect(blindSpotsOf(guardOf(absolute(0.1)), undefined)).toEqual([]);
  });

  it.each([
    [0.9, []],
    [1, ['it can never see its limit of 1 s broken: the highest bucket ends at 1 s']],
    [1.5, ['it can never see its limit of 1.5 s broken: the highest bucket ends at 1 s']],
  ])('has a limit of %d s, where the buckets end', (limit, spots) => {
    expect(blindSpotsOf(guardOf(absolute(limit), p95), scrape(1, undefined, arm(10)))).toEqual(spots);
    expect(blindSpotsOf(guardOf(absolute(limit), errors), scrape(1, arm(10)))).toEqual([]);
    expect(blindSpotsOf(guardOf(relative(), p95), scrape(1, arm(10)))).toEqual([]);
  });

  it('says so beside its verdict, and with what it lacks', () => {
    const read = (requests: number) => {
      const later = { ...scrape(9_000, arm(requests)), missing: [noFailure] };
      const guard = guardOf(absolute(0.1));
      return readGuard(guard, subscriptionOf([guard]), [scrape(0, arm(0)), later], 9_000);
    };
    expect(read(100)).toMatchObject({ verdict: 'pass', blindSpots: [noFailure.text] });
    expect(read(1)).toMatchObject({
      verdict: 'no-evidence',
      reason: `1 candidate request in 9 s, 20 are needed; ${noFailure.text}`,
    });
  });
});

describe('numbers that are none', () => {
  const sound = arm(100);
  it.each<[string, ReturnType<typeof arm>]>([
    ['requests are NaN', { ...sound, requests: NaN }],
    ['requests are endless', { ...sound, requests: Infinity }],
    ['failures are below zero', { ...sound, failed: -5 }],
    ['failures are NaN', { ...sound, failed: NaN }],
    [
      'a bucket is NaN',
      {
        ...sound,
        durations: [
          { le: 1, count: NaN },
          { le: Infinity, count: 100 },
        ],
      },
    ],
    [
      'a bucket is below zero',
      {
        ...sound,
        durations: [
          { le: 1, count: -1 },
          { le: Infinity, count: 100 },
        ],
      },
    ],
  ])('are no evidence for any guard: %s', (_, counted) => {
    for (const metric of [errors, p95]) {
      const guard = guardOf(absolute(0.5), metric);
      const reading = readGuard(
        guard,
        subscriptionOf([guard]),
        [scrape(0, arm(0)), scrape(9_000, counted)],
        9_000,
      );
      expect(reading).toMatchObject({ verdict: 'no-evidence' });
      expect(reading).not.toHaveProperty('value');
    }
  });
});
