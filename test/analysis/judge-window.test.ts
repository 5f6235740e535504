import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeWindow, type RecordedReading } from '../../src/analysis/judge-window.js';
import { verdicts } from '../../src/engine/plan/plan.js';
import { absolute, guardOf, p95, reading, subscriptionOf } from './given.js';

const interval = 1_000;
const errorsGuard = guardOf(absolute(0.02), undefined, { interval });
const latencyGuard = guardOf(absolute(0.3), p95, { interval });
const one = subscriptionOf([errorsGuard]);
const two = subscriptionOf([errorsGuard, latencyGuard]);
const every = (ms: number, to: number) =>
  Array.from({ length: to / ms }, (_, index) => reading((index + 1) * ms, 'pass'));

describe('judging a window', () => {
  it('passes when every guard has evidence throughout', () => {
    const readings = every(1_000, 10_000);
    expect(judgeWindow(one, readings, 0, 10_500)).toMatchObject({
      verdict: 'pass',
      covered: 10_500,
      reason: 'every guard passed for 10.5 s (10 readings)',
      last: [{ guard: 'errors', at: 10_000 }],
    });
  });

  it('forgives one lost sample, and not two', () => {
    const without = (...lost: number[]) => every(1_000, 10_000).filter(({ at }) => !lost.includes(at));
    expect(judgeWindow(one, without(5_000), 0, 10_000).verdict).toBe('pass');
    expect(judgeWindow(one, without(5_000, 6_000), 0, 10_000)).toMatchObject({
      verdict: 'no-evidence',
      covered: 7_000,
      reason: 'errors has evidence for 7 s of 10 s: the longest gap lasted 3 s and began 4 s into the window',
    });
  });

  it('takes a gap at either edge as a gap', () => {
    expect(judgeWindow(one, every(1_000, 10_000), 0, 13_000).verdict).toBe('no-evidence');
    expect(judgeWindow(one, every(1_000, 10_000), -3_000, 10_000).verdict).toBe('no-evidence');
  });

  it('takes a reading without evidence as a gap, however short', () => {
    const readings = [...every(1_000, 10_000), reading(5_500, 'no-evidence')];
    expect(judgeWindow(one, readings, 0, 10_000)).toMatchObject({ verdict: 'no-evidence', covered: 9_000 });
  });

  it('fails on one failure, also an old one', () => {
    const readings = [...every(1_000, 10_000), reading(2_500, 'fail')];
    expect(judgeWindow(one, readings, 0, 10_000)).toMatchObject({
      verdict: 'fail',
      covered: 9_000,
      reason: 'errors: fail at 2500',
    });
  });

  it('gives the verdict of the newest reading when that is no evidence', () => {
    const readings = [...every(1_000, 10_000), reading(10_400, 'inconclusive')];
    expect(judgeWindow(one, readings, 0, 10_500)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'errors: inconclusive at 10400',
    });
  });

  it('covers what the worst covered guard covers, and names it', () => {
    const latency = every(1_000, 5_000).map((entry) => ({ ...entry, guard: 'latency' }));
    const judged = judgeWindow(two, [...every(1_000, 10_000), ...latency], 0, 10_000);
    expect(judged).toMatchObject({ verdict: 'no-evidence', covered: 5_000 });
    expect(judged.reason).toMatch(/^latency has evidence for 5 s of 10 s/);
    expect(judgeWindow(two, every(1_000, 10_000), 0, 10_000)).toMatchObject({
      verdict: 'no-evidence',
      covered: 0,
      reason: 'latency was not read once in 10 s',
    });
  });

  it('ignores readings of another subscription and from outside the window', () => {
    const stale = every(1_000, 10_000).map((entry) => ({ ...entry, subscription: 0 }));
    expect(judgeWindow(one, stale, 0, 10_000).verdict).toBe('no-evidence');
    const outside = [...every(1_000, 10_000), reading(-1, 'fail'), reading(10_001, 'fail')];
    expect(judgeWindow(one, outside, 0, 10_000).verdict).toBe('pass');
  });

  it('records the median of the baseline of each guard', () => {
    const values = [0.5, 0.1, 0.2, 0.9].map((baseline, index) => reading(index, 'pass', { baseline }));
    expect(judgeWindow(one, values, 0, 10).recorded).toEqual({ errors: 0.35 });
    expect(judgeWindow(one, [...values, ...values], 0, 10).recorded).toEqual({ errors: 0.35 });
    expect(judgeWindow(one, every(1_000, 2_000), 0, 2_000).recorded).toEqual({});
  });

  it('never passes on nothing', () => {
    expect(judgeWindow(one, [], 0, 10_000)).toMatchObject({ verdict: 'no-evidence', covered: 0, last: [] });
    expect(judgeWindow(one, [], 5, 5).verdict).toBe('no-evidence');
    expect(judgeWindow(subscriptionOf([]), every(1_000, 10_000), 0, 10_000)).toMatchObject({
      verdict: 'no-evidence',
      covered: 0,
    });
  });
});

describe('whatever the readings', () => {
  const to = 20_000;
  const anyReading = fc
    .record({
      at: fc.integer({ min: -500, max: to + 500 }),
      verdict: fc.oneof({ weight: 8, arbitrary: fc.constant('pass' as const) }, fc.constantFrom(...verdicts)),
      guard: fc.constantFrom('errors', 'latency'),
      baseline: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    })
    .map(({ baseline, ...rest }): RecordedReading => ({
      ...reading(rest.at, rest.verdict, { guard: rest.guard }),
      ...(baseline === undefined ? {} : { baseline }),
    }));
  /** Mostly regular, so that there are windows that pass. */
  const regular = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }).map((lost) =>
    lost.flatMap((drop, index) => {
      const guard = index % 2 === 0 ? 'errors' : 'latency';
      return drop && index % 5 === 0
        ? []
        : [reading(Math.floor(index / 2) * interval + 400, 'pass', { guard })];
    }),
  );
  const some = fc
    .tuple(fc.oneof(regular, fc.constant([])), fc.array(anyReading, { maxLength: 6 }))
    .map(([a, b]) => [...a, ...b]);
  const judge = (readings: RecordedReading[]) => judgeWindow(two, readings, 0, to);

  it('covers no more than the window', () => {
    fc.assert(
      fc.property(some, (readings) => {
        const { covered } = judge(readings);
        expect(covered).toBeGreaterThanOrEqual(0);
        expect(covered).toBeLessThanOrEqual(to);
      }),
    );
  });

  it('a reading of evidence that is lost never raises what is covered, and never makes a pass of anything else', () => {
    const lossy = fc.tuple(some, fc.infiniteStream(fc.boolean()));
    fc.assert(
      fc.property(lossy, ([readings, lost]) => {
        const rest = readings.filter(({ verdict }) => verdict !== 'pass' || lost.next().value !== true);
        const [whole, less] = [judge(readings), judge(rest)];
        expect(less.covered).toBeLessThanOrEqual(whole.covered);
        if (whole.verdict !== 'pass') expect(less.verdict).not.toBe('pass');
      }),
    );
  });

  it('a failure in the window is never a pass', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: to }), (readings, at) => {
        expect(judge([...readings, reading(at, 'fail')]).verdict).toBe('fail');
      }),
    );
  });

  it('a pass covers the whole window', () => {
    let passed = 0;
    fc.assert(
      fc.property(some, (readings) => {
        const { verdict, covered } = judge(readings);
        if (verdict !== 'pass') return;
        passed += 1;
        expect(covered).toBeGreaterThanOrEqual(to - 1);
      }),
    );
    expect(passed).toBeGreaterThan(0);
  });

  it('their order of arrival does not matter', () => {
    const shuffled = some.chain((readings) =>
      fc.tuple(
        fc.constant(readings),
        fc.shuffledSubarray(readings, { minLength: readings.length, maxLength: readings.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([readings, other]) => {
        expect(judge(other)).toEqual(judge(readings));
      }),
    );
  });
});
