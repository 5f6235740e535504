import type { Target } from '../plan/plan.js';
import type { OutcomeType } from './values.js';

/** How a rollout ended. */
export interface Outcome {
  readonly type: OutcomeType;
  readonly reason: string;
  /** What it was taken back or refused for: the fact that the reason says in words. */
  readonly cause?: Cause;
  /** Rolled back and verified, but the baseline's guards did not confirm it. */
  readonly unconfirmed?: true;
  /** The rollback was asked for by cancelling the workflow. */
  readonly cancelled?: true;
}

/** Why a rollout is taken back. A `source` is the one source of measurements that is to blame. */
export type Cause =
  | { readonly type: 'breach'; readonly guard: string; readonly reason: string; readonly source?: string }
  /** Somebody else raised what this rollout exposes. */
  | { readonly type: 'drift'; readonly target: Target; readonly reason: string }
  | { readonly type: 'no-leave-from-guards'; readonly reason: string; readonly source?: string }
  | { readonly type: 'no-scope'; readonly reason: string }
  /** Fewer people can open a gate than it asks for. */
  | { readonly type: 'no-quorum'; readonly step: string; readonly reason: string }
  | { readonly type: 'halted'; readonly reason: string }
  | { readonly type: 'hold-expired'; readonly reason: string; readonly source?: string }
  | { readonly type: 'act-failed'; readonly step: string; readonly reason: string }
  | { readonly type: 'rejected'; readonly step: string; readonly by: string; readonly reason: string }
  | { readonly type: 'expired'; readonly step: string; readonly reason: string }
  | { readonly type: 'aborted'; readonly by: string; readonly reason: string }
  | { readonly type: 'answered'; readonly by: string; readonly reason: string }
  | { readonly type: 'taken-back'; readonly rollout: string; readonly by: string; readonly reason: string }
  /** What it did before says so: what was being rolled back does not climb again. */
  | { readonly type: 'reset'; readonly reason: string }
  | { readonly type: 'cancelled'; readonly reason: string };
