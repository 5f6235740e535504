import type { Scrape } from '../../src/analysis/arms.js';

/** Where the requests of both arms are counted. */
export interface MetricsSource {
  /**
   * Reads the counters of both arms as they are now. Throws `BadAnswer` when what answers is not the source that is
   * meant (trying again will not help), any other error when the source cannot be reached now or has nothing yet, and
   * promptly when `signal` aborts.
   */
  scrape(signal: AbortSignal): Promise<Scrape>;
  /**
   * What scrapes since `from` (milliseconds since the epoch) would have said, oldest first and about `step` milliseconds
   * apart. The counting begins anew: later scrapes go on from the last of these, and cannot be compared with any
   * before. Throws as `scrape` does. Absent when the source knows only what is true now.
   */
  history?(from: number, step: number, signal: AbortSignal): Promise<readonly Scrape[]>;
}
