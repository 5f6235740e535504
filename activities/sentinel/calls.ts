import type { Notice } from '../../src/engine/state/values.js';

/** Whom to call, and who was called about what: outlives an attempt of the activity that watches. */
export interface Calls {
  /** Tells people, without Temporal. */
  notify(notice: Notice): Promise<void>;
  /** How a rollout's exposure is taken back by hand, a line for each way. */
  byHand(rollout: string): Promise<readonly string[]>;
  /** Subscriptions whose breach was not acted on, and when it was found. */
  readonly untaken: Map<string, number>;
  /** Rollouts of which somebody knows that they stand still. */
  readonly standing: Set<string>;
  /** Targets of orphans of which somebody knows that they are raised. */
  readonly raised: Set<string>;
}
