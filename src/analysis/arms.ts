/** One bucket of a cumulative histogram: how many observations were at most `le` (seconds; `Infinity` is the last). */
export interface Bucket {
  readonly le: number;
  readonly count: number;
}

/** The counters of one arm at one moment, each counted since its process started; or their increase over a time. */
export interface ArmCounters {
  readonly requests: number;
  readonly failed: number;
  /** Request durations in seconds, ascending by `le`. Empty while nothing was observed. */
  readonly durations: readonly Bucket[];
  /** Seconds of all requests together. */
  readonly sum?: number;
}

/** The two versions a rollout compares. */
export type Arm = 'baseline' | 'candidate';

/** What a source said at one moment. An arm that had no request yet may be absent. */
export interface Scrape {
  /** Milliseconds since the epoch, taken before the source was asked: what it says is at least as new. */
  readonly at: number;
  readonly arms: { readonly [A in Arm]?: ArmCounters };
}

/** An arm without a single request. */
export const noRequests: ArmCounters = { requests: 0, failed: 0, durations: [] };
