import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramQuantile } from '../../src/analysis/quantile.js';

const buckets = (...pairs: [number, number][]) => pairs.map(([le, count]) => ({ le, count }));
// The example of ClickHouse's function that promises Prometheus's answer: 0.35.
const published = buckets([0, 6], [0.5, 11], [1, 14], [Infinity, 19]);

describe('a quantile of a histogram', () => {
  it('is interpolated within its bucket', () => {
    expect(histogramQuantile(0.5, published)).toEqual({ value: 0.35, beyond: false });
    expect(histogramQuantile(0.9, buckets([0.1, 80], [0.2, 100], [Infinity, 100])).value).toBeCloseTo(
      0.15,
      12,
    );
  });

  it('begins at zero in the lowest bucket, unless its bound is not above zero', () => {
    expect(histogramQuantile(0.25, buckets([2, 4], [4, 4], [Infinity, 4])).value).toBe(0.5);
    expect(histogramQuantile(0.1, published)).toEqual({ value: 0, beyond: false });
  });

  it('answers the highest finite bound for the last bucket, and says so', () => {
    expect(histogramQuantile(0.99, published)).toEqual({ value: 1, beyond: true });
  });

  it.each([
    ['no observation', 0.5, buckets([1, 0], [Infinity, 0])],
    ['no +Inf bucket', 0.5, buckets([1, 4], [2, 5])],
    ['a single bucket', 0.5, buckets([Infinity, 5])],
    ['no bucket', 0.5, []],
    ['q above 1', 1.1, published],
    ['q that is not a number', NaN, published],
  ])('is not a number with %s', (_, q, given) => {
    expect(histogramQuantile(q, given).value).toBeNaN();
  });

  const histogram = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.nat(20)), { minLength: 1, maxLength: 10 })
    .map((list) => {
      const bounds = [...new Map(list)].sort((a, b) => a[0] - b[0]);
      let count = 1;
      const finite = bounds.map(([le, more]) => ({ le, count: (count += more) }));
      return [...finite, { le: Infinity, count }];
    });
  const unit = fc.double({ min: 0, max: 1, noNaN: true });

  it('grows with q and lies between zero and the highest finite bound', () => {
    fc.assert(
      fc.property(histogram, unit, unit, (given, a, b) => {
        const low = histogramQuantile(Math.min(a, b), given).value;
        const high = histogramQuantile(Math.max(a, b), given).value;
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(given.at(-2)?.le ?? 0);
      }),
    );
  });

  it('does not depend on the order of the buckets', () => {
    fc.assert(
      fc.property(histogram, unit, (given, q) => {
        expect(histogramQuantile(q, [...given].reverse())).toEqual(histogramQuantile(q, given));
      }),
    );
  });
});
