import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Message } from '../../../src/engine/state/messages.js';
import type { Plan, Target } from '../../../src/engine/plan/plan.js';
import type { RolloutState } from '../../../src/engine/state/state.js';
import type { Capture } from '../../../src/engine/state/values.js';
import type { Behaviours } from './faults.js';
import type { HouseScript } from './house.js';
import type { Person } from './people.js';
import type { SentinelScript } from './sentinel.js';

/** Everything outside the interpreter that a test decides. Times are offsets from the start in milliseconds. */
export interface Script {
  readonly flags?: { readonly [target: Target]: number };
  readonly sentinel?: Partial<SentinelScript>;
  readonly behaviours?: Behaviours;
  readonly people?: readonly Person[];
  readonly house?: HouseScript;
  /** Milliseconds after which it is said to be endless; six hours when absent. */
  readonly horizon?: number;
  /** What the rollout hears by itself at a time: cancellations, stale evidence. */
  readonly messages?: readonly { readonly at: number; readonly message: Message }[];
  /** What somebody does to flags who knows nothing of the rollout. */
  readonly strangers?: readonly { readonly at: number; readonly target: Target; readonly percent: number }[];
  /** Messages arrive together, once in so many milliseconds, as after a worker's absence. */
  readonly together?: number;
  /** Whether somebody comes in the end when only a person can help. */
  readonly rescued?: boolean;
  readonly restoreFences?: boolean;
  /** What restoring a flag finds changed by a stranger. */
  readonly drift?: string;
  /** Whether to go on in a new run at the `nth` moment (from 1) at which that is possible; never when absent. */
  readonly renews?: (nth: number) => boolean;
  /** Offset from the start in milliseconds: from then on the run takes no more before long, until another goes on. */
  readonly overflows?: number;
  /** It is reset, as its workflow can be, one after the other: instead of going on in a new run, or in the middle. */
  readonly resets?: readonly Resets[];
  /** The rollout is terminated, and another one takes it back. */
  readonly terminated?: Terminated;
}

/** A reset: what the history has lost is not in the state any more. */
export interface Resets {
  /** To which of the moments before, from 1, at which nothing was under way; to its beginning when there was none. */
  readonly to: number;
  /** How many of the newest events were not exported yet. */
  readonly unexported: number;
  /** Offset from the start in milliseconds; at the first wait from then on, also after its end. */
  readonly at?: number;
}

/** How a rollout stood when it was reset, and what it did first. */
export interface WasReset {
  /** How long the trace was. */
  readonly at: number;
  /** Whether an irreversible act had had an effect, and whether what was left of the history says so. */
  readonly gone: boolean;
  readonly knew: boolean;
  /** Whether it had begun to take everything back, as far as that was exported. */
  readonly unwinding: boolean;
  /** Whether it had ended, as far as that was exported. */
  readonly over: boolean;
  /** Whether somebody was still exposed when it applied an act for the first time. */
  appliedWhileExposed?: boolean;
}

/** How a rollout is terminated, and how the one begins that takes it back. */
export interface Terminated {
  /** Offset from the start in milliseconds; at the first wait from then on. */
  readonly at: number;
  /** The state of the rollout that takes it back, from what was exported and captured. */
  recall(
    plan: Plan,
    events: readonly JournalEvent[],
    captures: readonly Capture[],
  ): Promise<RolloutState | undefined>;
}
