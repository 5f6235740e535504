import type { Scrape } from '../../src/analysis/arms.js';

/** Where the requests of both arms are counted. */
export interface MetricsSource {
  /**
   * Reads the counters of both arms as they are now. Throws `BadAnswer` when what answers is not the source that is
   * meant (trying again will not help), any other error when the source cannot be reached now, and promptly when
   * `signal` aborts.
   */
  scrape(signal: AbortSignal): Promise<Scrape>;
}
