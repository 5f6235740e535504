import type { Metric } from '../engine/plan/plan.js';

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

/** Something that a source was searched for and has never had: whatever depends on it cannot be seen. */
export interface Missing {
  /** The metrics that are blind to it. */
  readonly concerns: readonly Metric['type'][];
  /** In one sentence, with what there is instead. */
  readonly text: string;
}

/** What a source said at one moment. An arm that had no request yet may be absent. */
export interface Scrape {
  /** Milliseconds since the epoch: before the source was asked, so that what it says is at least as new. */
  readonly at: number;
  readonly arms: { readonly [A in Arm]?: ArmCounters };
  /** What the source has never had, as far as that is known. */
  readonly missing?: readonly Missing[];
  /** Whether `at` is what the source itself says: by its own clock, and perhaps of something that is not renewed. */
  readonly stamped?: true;
  /** Milliseconds by which the source's clock is ahead of the worker's; absent while they agree. */
  readonly clockAhead?: number;
  /** Milliseconds that the source took to answer, where that was long. */
  readonly took?: number;
}

/** An arm without a single request. */
export const noRequests: ArmCounters = { requests: 0, failed: 0, durations: [] };
