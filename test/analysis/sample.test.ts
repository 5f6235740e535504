import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { increase, increaseOver } from '../../src/analysis/sample.js';
import { arm, scrape } from './given.js';

describe('the increase between two scrapes', () => {
  it('is the difference of every counter', () => {
    const step = increase('candidate', scrape(0, arm(100, 2, 10)), scrape(10, arm(150, 5, 20)));
    expect(step).toEqual(arm(50, 3, 10));
  });

  it('takes a counter that went down as restarted from zero, with all counters of its arm', () => {
    // Three failures after the restart: their difference to the old process would hide two of them.
    const step = increase('candidate', scrape(0, arm(100, 1)), scrape(10, arm(5, 3)));
    expect(step).toEqual(arm(5, 3));
  });

  it('sees a restart by a bucket alone', () => {
    const step = increase('candidate', scrape(0, arm(100, 0, 50)), scrape(10, arm(120, 0, 120)));
    expect(step).toEqual(arm(120, 0, 120));
  });

  it('counts an arm from zero that was not there before, and not one that is gone', () => {
    expect(increase('candidate', scrape(0), scrape(10, arm(7, 1)))).toEqual(arm(7, 1));
    expect(increase('candidate', scrape(0, arm(7, 1)), scrape(10))).toBeUndefined();
  });

  it('keeps the newer buckets when a restart changed their bounds', () => {
    const other = { requests: 30, failed: 0, durations: [{ le: Infinity, count: 30 }] };
    expect(increaseOver('candidate', [scrape(0, arm(10)), scrape(5, arm(20)), scrape(10, other)])).toEqual({
      requests: 40,
      failed: 0,
      durations: [{ le: Infinity, count: 30 }],
    });
  });

  it('adds up the seconds only as long as every scrape tells them', () => {
    const told = (requests: number, sum: number) => ({ ...arm(requests), sum });
    expect(
      increaseOver('candidate', [scrape(0, told(1, 1)), scrape(5, told(2, 4)), scrape(9, told(3, 5))]).sum,
    ).toBe(4);
    expect(
      increaseOver('candidate', [scrape(0, told(1, 1)), scrape(5, told(2, 4)), scrape(9, arm(3))]).sum,
    ).toBeUndefined();
  });

  it('finds every request over any number of restarts, when each is scraped before it', () => {
    const steps = fc.array(fc.record({ more: fc.nat(50), bad: fc.nat(50), restart: fc.boolean() }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(steps, (list) => {
        let [requests, failed, all, allFailed] = [0, 0, 0, 0];
        const scrapes = [scrape(0, arm(0))];
        for (const [index, { more, bad, restart }] of list.entries()) {
          const failures = Math.min(bad, more);
          // A restart shows only in a counter that went down.
          const seen = restart && more < requests;
          requests = seen ? more : requests + more;
          failed = seen ? failures : failed + failures;
          all += more;
          allFailed += failures;
          scrapes.push(scrape(index + 1, arm(requests, failed)));
        }
        const total = increaseOver('candidate', scrapes);
        expect([total.requests, total.failed]).toEqual([all, allFailed]);
      }),
    );
  });
});
