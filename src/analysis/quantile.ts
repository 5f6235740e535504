import type { Bucket } from './arms.js';

/** A quantile read from buckets. */
export interface Quantile {
  /** In the unit of the bounds; NaN when there is nothing to read it from. */
  readonly value: number;
  /** The quantile lies above the highest finite bound: `value` is that bound, and the true one is unknown. */
  readonly beyond: boolean;
}

const unknown: Quantile = { value: NaN, beyond: false };

/**
 * The quantile `q` (0 to 1) of a cumulative histogram, as Prometheus's `histogram_quantile` answers it
 * (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile; `bucketQuantile` in
 * promql/quantile.go): the rank `q * observations` falls into the first bucket that reaches it, and the value is
 * interpolated linearly between the bounds of that bucket; the lowest bucket begins at 0; the +Inf bucket answers
 * the highest finite bound. Counts that fall from one bucket to the next are lifted to the one before. NaN without
 * observations, without a +Inf bucket, with fewer than two buckets, or when `q` is not a number from 0 to 1.
 */
export function histogramQuantile(q: number, buckets: readonly Bucket[]): Quantile {
  const sorted = monotonic([...buckets].sort((a, b) => a.le - b.le));
  const last = sorted.at(-1);
  const highest = sorted.at(-2);
  if (!(q >= 0 && q <= 1) || last?.le !== Infinity || highest === undefined || !(last.count > 0)) {
    return unknown;
  }
  const rank = q * last.count;
  const index = sorted.findIndex(({ count }) => count >= rank);
  const found = sorted[index];
  if (found === undefined || found === last) return { value: highest.le, beyond: true };
  const before = sorted[index - 1];
  if (before === undefined && found.le <= 0) return { value: found.le, beyond: false };
  const from = before ?? { le: 0, count: 0 };
  const inBucket = found.count - from.count;
  // Only q = 0 over an empty lowest bucket: 0/0 in Prometheus too.
  if (inBucket === 0) return unknown;
  return { value: from.le + (found.le - from.le) * ((rank - from.count) / inBucket), beyond: false };
}

function monotonic(sorted: readonly Bucket[]): Bucket[] {
  let most = 0;
  return sorted.map(({ le, count }) => {
    most = Math.max(most, count);
    return { le, count: most };
  });
}
