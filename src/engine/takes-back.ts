import type { Plan } from './plan.js';
import type { Capture } from './ports.js';

/** The ended rollout whose effects another one takes back: a completed one is reverted, any other rescued. */
export interface TakesBack {
  readonly rollout: string;
  readonly kind: 'revert' | 'rescue';
  readonly by: string;
  readonly reason: string;
}

/** What the records know of a rollout that ended: enough to take back what it did. */
export interface Recalled {
  readonly plan: Plan;
  readonly digest: string;
  /** Acts that may have had an effect, in order of start. */
  readonly started: readonly string[];
  /** The newest try of each step that had more than one. */
  readonly epochs: { readonly [step: string]: number };
  readonly captures: readonly Capture[];
  /** Percent that may still have the candidate. */
  readonly exposure: number;
}
