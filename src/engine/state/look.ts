import type { Action, Target } from '../plan/plan.js';

/** A target through which people get the candidate, as the sentinel is to look at it. */
export interface Exposed {
  readonly target: Target;
  /** The action that left it as it should be. */
  readonly action: Action;
  /** The rollout whose action that was, when another one takes it back. */
  readonly of?: string;
}

/** What a look at an exposed target found. */
export type LookVerdict =
  /** It is as the rollout left it. */
  | 'as-left'
  /** The rollout has not written it, and nobody gets the candidate. */
  | 'unwritten'
  /** Somebody else changed it: fewer people get the candidate. */
  | 'lowered'
  /** Somebody else changed it, and as many get the candidate. */
  | 'changed'
  /** Somebody else changed it: more people get the candidate, or nobody can tell how many. */
  | 'raised'
  /** It could not be read, which says nothing of who gets the candidate. */
  | 'unread';

/** An exposed target as the sentinel saw it last. */
export interface Look {
  readonly target: Target;
  readonly verdict: LookVerdict;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** In one sentence: what it is, what the rollout left, and what is known of who changed it. */
  readonly reason: string;
  /** The share that gets the candidate; absent when nobody can tell. */
  readonly percent?: number;
  /** When the rollout itself wrote it last, in milliseconds since the epoch. */
  readonly leftAt?: number;
}

/** What somebody else did to a target. */
export type Drift = {
  /** In one sentence, with what is known of who. */
  readonly reason: string;
  /** The share that gets the candidate by it; absent when nobody can tell. */
  readonly percent?: number;
};

/** Whether somebody else changed the target. */
export function isForeign({ verdict }: Look): boolean {
  return verdict === 'lowered' || verdict === 'changed' || verdict === 'raised';
}
