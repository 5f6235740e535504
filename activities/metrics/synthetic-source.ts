import type { ArmCounters, Scrape } from '../../src/analysis/arms.js';
import type { MetricsSource } from './ports.js';

/** Seconds that a request takes when all is well, and when it is not: no limit of a plan is between them by chance. */
const fast = 0.01;
const slow = 60;
/** Bounds of the histogram, in seconds. */
const bounds = [0.02, slow, Number.POSITIVE_INFINITY];

/** What is measured where nobody is served. */
export interface SyntheticOptions {
  /** Of each arm. */
  readonly requestsPerSecond: number;
  /** Whether from now on every request fails, and takes long. */
  isBad(): Promise<boolean>;
}

/**
 * A source of a drill: both arms have as many requests as it says, which go well until they are to go badly. The counters
 * begin with the process, as those of an application do.
 */
export function syntheticSource({ requestsPerSecond, isBad }: SyntheticOptions): MetricsSource {
  let last = Date.now();
  let good = 0;
  let bad = 0;
  return {
    async scrape(signal): Promise<Scrape> {
      const isBadNow = await isBad();
      signal.throwIfAborted();
      const at = Date.now();
      const more = Math.max(0, ((at - last) / 1_000) * requestsPerSecond);
      last = at;
      if (isBadNow) bad += more;
      else good += more;
      const counters = countersOf(Math.round(good), Math.round(bad));
      return { at, arms: { baseline: counters, candidate: counters } };
    },
  };
}

function countersOf(good: number, bad: number): ArmCounters {
  const requests = good + bad;
  const counts = [good, requests, requests];
  return {
    requests,
    failed: bad,
    durations: bounds.map((le, index) => ({ le, count: counts[index] ?? requests })),
    sum: good * fast + bad * slow,
  };
}
