import type { OfChain } from './chain.js';
import type { Subscription } from '../engine/state/values.js';
import type { Guard } from '../engine/plan/plan.js';

/** A subscription with the workflow that hears about it, by its id alone: its run changes when it continues as new. */
export interface Subscriber extends Subscription, OfChain {
  readonly workflowId: string;
  /** The run that subscribed; absent when the activity that watched says whom it knew. */
  readonly runId?: string;
}

/** A subscription as the sentinel keeps it. */
export interface Watched extends Subscription, OfChain {
  readonly workflowId: string;
  readonly orphan?: Orphan;
}

/** A rollout that was ended from outside while it was watched: nobody takes back what it did. */
export interface Orphan {
  /** Milliseconds since the epoch: when it was found. */
  readonly at: number;
  /** How it ended. */
  readonly reason: string;
  /** Whether people have been told. */
  readonly told: boolean;
}

/**
 * Subscriptions in few bytes, for payloads: thousands of rollouts share the beginning of their names and their guards,
 * so each of these stands here once.
 */
export interface PackedSubscriptions {
  /** What all names begin with. */
  readonly prefix: string;
  /** Lists of guards, by which rows refer to them. */
  readonly guards: readonly (readonly Guard[])[];
  readonly rows: readonly Row[];
}

export type Row = readonly [
  rest: string,
  number: number,
  percent: number,
  since: number,
  guards: number,
  more?: More,
];

/** What only few subscriptions have. */
export interface More {
  readonly workflowId?: string;
  readonly chain?: string;
  readonly continues?: number;
  readonly recorded?: Watched['recorded'];
  readonly exposed?: Watched['exposed'];
  readonly orphan?: Orphan;
}
