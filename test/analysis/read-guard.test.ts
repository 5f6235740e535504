import { describe, expect, it } from 'vitest';
import { readGuard } from '../../src/analysis/read-guard.js';
import type { Scrape } from '../../src/analysis/arms.js';
import type { Guard } from '../../src/engine/plan/plan.js';
import type { SourceError } from '../../src/analysis/sight.js';
import { absolute, arm, guardOf, p95, relative, scrape, subscriptionOf } from './given.js';
import type { Subscription } from '../../src/engine/state/values.js';

const now = 100_000;
const window = (candidate = arm(120), baseline = arm(1_000)): Scrape[] => [
  scrape(now - 10_000, arm(0), arm(0)),
  scrape(now, candidate, baseline),
];
function read(guard: Guard, scrapes: Scrape[], over: Partial<Subscription> = {}, error?: SourceError) {
  return readGuard(guard, subscriptionOf([guard], over), scrapes, now, error);
}

describe('a guard with an absolute limit', () => {
  it('fails above it and says the numbers', () => {
    expect(read(guardOf(absolute(0.02)), window(arm(120, 10)))).toEqual({
      guard: 'errors',
      verdict: 'fail',
      at: now,
      reason: 'errors 8.3 % of 120 requests in 10 s, limit 2 %',
      value: 10 / 120,
      baseline: 0,
    });
  });

  it('passes at the limit itself', () => {
    expect(read(guardOf(absolute(0.1)), window(arm(100, 10))).verdict).toBe('pass');
  });

  it('judges the baseline arm at 0 % and the candidate above', () => {
    const scrapes = window(arm(100, 50), arm(1_000, 0));
    expect(read(guardOf(absolute(0.02)), scrapes, { percent: 0 })).toMatchObject({
      verdict: 'pass',
      reason: 'errors 0 % of 1000 baseline requests in 10 s, limit 2 %',
    });
    expect(read(guardOf(absolute(0.02)), scrapes, { percent: 1 }).verdict).toBe('fail');
    expect(read(guardOf(absolute(0.02)), scrapes, { percent: 100 }).verdict).toBe('fail');
  });

  it('has no evidence below the smallest number of requests', () => {
    expect(read(guardOf(absolute(0.02)), window(arm(19, 19)))).toMatchObject({
      verdict: 'no-evidence',
      reason: '19 candidate requests in 10 s, 20 are needed',
    });
  });

  it('is inconclusive when the number is none', () => {
    const idle = window(arm(0));
    expect(read(guardOf(absolute(0.02), undefined, { minRequests: 0 }), idle).verdict).toBe('inconclusive');
    const blank = { requests: 120, failed: 0, durations: [] };
    expect(read(guardOf(absolute(0.02), p95), window(blank)).verdict).toBe('inconclusive');
  });

  it('reads a latency in its unit', () => {
    const reading = read(guardOf(absolute(0.3), p95), window(arm(100, 0, 20)));
    expect(reading).toMatchObject({
      verdict: 'fail',
      reason: 'p95 775 ms of 100 requests in 10 s, limit 300 ms',
    });
  });

  it('never passes a latency that lies above the highest bucket', () => {
    const endless = window(arm(100, 0, 0, 50));
    expect(read(guardOf(absolute(0.5), p95), endless).verdict).toBe('fail');
    expect(read(guardOf(absolute(1), p95), endless)).toMatchObject({
      verdict: 'inconclusive',
      reason:
        'p95 above 1 s (the highest bucket) of 100 requests in 10 s, limit 1 s: ' +
        'whether it is kept cannot be told, the histogram needs higher buckets',
    });
  });
});

describe('the window of a reading', () => {
  const guard = guardOf(absolute(0.02));

  it('begins where the subscription does', () => {
    const scrapes = [
      scrape(now - 9_000, arm(0)),
      scrape(now - 4_000, arm(500, 400)),
      scrape(now, arm(600, 400)),
    ];
    expect(read(guard, scrapes).verdict).toBe('fail');
    expect(read(guard, scrapes, { since: now - 4_000 })).toMatchObject({ verdict: 'pass', value: 0 });
    expect(read(guard, scrapes, { since: now - 3_999 })).toMatchObject({ verdict: 'no-evidence' });
  });

  it('begins with the scrape just before the look-back, so that a look-back of one interval works', () => {
    const tight = guardOf(absolute(0.02), undefined, { interval: 10_000, lookBack: 10_000 });
    const scrapes = [scrape(now - 20_500, arm(0)), scrape(now - 10_300, arm(10)), scrape(now - 50, arm(50))];
    expect(read(tight, scrapes)).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('of 40 '),
    });
  });

  it('does not reach back over a gap', () => {
    const scrapes = [scrape(now - 60_000, arm(0)), scrape(now, arm(50))];
    expect(read(guard, scrapes)).toMatchObject({
      verdict: 'no-evidence',
      reason: 'source shop was measured only once in the last 10 s: an increase needs two measurements',
    });
    expect(read(guard, scrapes).unread).toBeUndefined();
  });
});

describe('a source that cannot be read', () => {
  const guard = guardOf(absolute(0.02));
  const refused = { message: 'http://shop/metrics cannot be read: connect ECONNREFUSED', at: now };

  it('is no evidence once the newest measurement is too old, and says why and how old', () => {
    const old = window().map(({ at, arms }) => ({ at: at - 9_000, arms }));
    expect(read(guard, old, {}, refused)).toMatchObject({
      verdict: 'no-evidence',
      unread: true,
      reason:
        'source shop cannot be read, its newest measurement is 9 s old, 8 s are allowed: ' + refused.message,
    });
  });

  it('is still evidence as long as the newest measurement is young enough', () => {
    expect(read(guard, window(), {}, refused).verdict).toBe('pass');
  });

  it('is no evidence before the first measurement', () => {
    expect(read(guard, [])).toMatchObject({
      verdict: 'no-evidence',
      reason: 'source shop cannot be read, it has not been measured yet',
    });
  });

  it('is no evidence for an arm that went silent while the other is still measured', () => {
    const since = (silent: number) => [
      scrape(now - 9_500, arm(0), arm(0)),
      scrape(now - silent, arm(100), arm(500)),
      scrape(now, undefined, arm(1_000)),
    ];
    expect(read(guard, since(8_001))).toMatchObject({
      verdict: 'no-evidence',
      reason: 'the candidate was measured last 8 s ago, 8 s are allowed',
    });
    expect(read(guard, since(8_000)).verdict).toBe('pass');
    expect(read(guard, since(8_001), { percent: 0 }).verdict).toBe('pass');
  });

  it('is an error when it answers nonsense', () => {
    const bad = { message: 'answers with text/html', at: now, badAnswer: true };
    expect(read(guard, [], {}, bad)).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('answers with text/html'),
    });
  });

  it('is no error for whoever asks since: it may have been mended', () => {
    const bad = { message: 'answers with text/html', at: now - 1, badAnswer: true };
    expect(read(guard, [], { since: now }, bad)).toMatchObject({
      verdict: 'no-evidence',
      reason: expect.stringContaining('answers with text/html'),
    });
  });
});

describe('a relative guard', () => {
  it('compares the candidate with the baseline of the same window', () => {
    const guard = guardOf(relative());
    expect(read(guard, window(arm(100, 3), arm(1_000, 10)))).toMatchObject({
      verdict: 'fail',
      value: 0.03,
      baseline: 0.01,
      reason:
        'errors 3 % of 100 requests in 10 s, errors 1 % of 1000 baseline requests, limit 2 % (2 x baseline)',
    });
    expect(read(guard, window(arm(100, 2), arm(1_000, 10))).verdict).toBe('pass');
  });

  it('lets differences below atLeast be', () => {
    const guard = guardOf(relative({ atLeast: 0.05 }));
    expect(read(guard, window(arm(100, 3), arm(1_000, 10))).verdict).toBe('pass');
    expect(read(guard, window(arm(100, 6), arm(1_000, 10))).verdict).toBe('fail');
  });

  it('has no evidence without a baseline to compare with', () => {
    expect(read(guardOf(relative()), window(arm(100, 90), arm(19)))).toMatchObject({
      verdict: 'no-evidence',
      reason: '19 baseline requests in 10 s, 20 are needed',
    });
  });

  it('passes at 0 % once the baseline has evidence', () => {
    expect(read(guardOf(relative()), window(arm(0), arm(100, 50)), { percent: 0 })).toMatchObject({
      verdict: 'pass',
      value: 0.5,
      baseline: 0.5,
      reason: 'errors 50 % of 100 baseline requests in 10 s, at 0 % there is nothing to compare it with',
    });
    expect(read(guardOf(relative()), window(arm(0), arm(3)), { percent: 0 }).verdict).toBe('no-evidence');
  });

  describe('at 100 %', () => {
    it('compares with what was recorded', () => {
      const guard = guardOf(relative());
      const everyone = { percent: 100, recorded: { errors: 0.01 } };
      expect(read(guard, window(arm(100, 3), arm(0)), everyone)).toMatchObject({
        verdict: 'fail',
        baseline: 0.01,
      });
      expect(read(guard, window(arm(100, 2), arm(0)), everyone).verdict).toBe('pass');
      expect(read(guard, window(arm(100, 2), arm(0)), { percent: 100 })).toMatchObject({
        verdict: 'no-evidence',
        reason: expect.stringContaining('no baseline was recorded'),
      });
    });

    it('compares with a holdback as long as there is one', () => {
      const guard = guardOf(relative({ at100: 'holdback' }));
      expect(read(guard, window(arm(100, 3), arm(100, 1)), { percent: 100 }).verdict).toBe('fail');
      expect(read(guard, window(arm(100, 3), arm(0)), { percent: 100 }).verdict).toBe('no-evidence');
    });

    it('is off when the plan says so', () => {
      const guard = guardOf(relative({ at100: 'off' }));
      expect(read(guard, window(arm(100, 99)), { percent: 100 })).toMatchObject({
        verdict: 'pass',
        reason: expect.stringMatching(/^off at 100 %/),
      });
      expect(read(guard, window(arm(100, 99)), { percent: 99 }).verdict).toBe('fail');
    });
  });

  it('does not guess when a latency lies above the highest bucket', () => {
    const guard = guardOf(relative({ ratio: 1.1 }), p95);
    const endless = arm(100, 0, 0, 50);
    expect(read(guard, window(endless, arm(100))).verdict).toBe('fail');
    expect(read(guard, window(endless, endless)).verdict).toBe('inconclusive');
    expect(read(guard, window(arm(100), endless)).verdict).toBe('pass');
  });
});

describe('what makes a measurement look old', () => {
  const guard = guardOf(absolute(0.1));
  const oldScrape = (over: Partial<Scrape>) => {
    const scrapes = [scrape(0, arm(0)), { ...scrape(1_000, arm(100)), ...over }];
    return readGuard(guard, subscriptionOf([guard]), scrapes, 601_000);
  };

  it.each<[Partial<Scrape>, string]>([
    [{}, ''],
    [{ took: 3_100 }, ': its last answer took 3.1 s'],
    [{ clockAhead: -600_000 }, ": its clock is 10 min behind this worker's, set both by the same time"],
    [{ clockAhead: 60_000 }, ": its clock is 60 s ahead of this worker's, set both by the same time"],
    [{ stamped: true }, ": by its own timestamps: it is not renewed, or its clock is behind this worker's"],
  ])('is told: %j', (over, told) => {
    expect(oldScrape(over)).toMatchObject({
      verdict: 'no-evidence',
      reason: `source shop says nothing of now, its newest measurement is 10 min old, 8 s are allowed${told}`,
    });
  });

  it("is not meant when this worker's clock is behind the one by which the rollout waits", () => {
    const scrapes = [scrape(0, arm(0)), scrape(9_000, arm(100))];
    const reading = readGuard(guard, subscriptionOf([guard], { since: 69_000 }), scrapes, 9_000);
    expect(reading).toMatchObject({
      verdict: 'no-evidence',
      reason: expect.stringMatching(
        /this worker's clock is 60 s behind the Temporal server's, set both by the same time$/,
      ),
    });
  });
});
