import type { JsonObject } from './json.js';
import type { JournalEvent } from './journal.js';
import type { Message } from './messages.js';
import type { Act, Action, Guard, Target, Verdict } from './plan.js';

/** What makes an effect idempotent: the same key again changes nothing again. */
export interface EffectKey {
  readonly rollout: string;
  readonly step: string;
  /** Which try of the step this is, from 0. */
  readonly epoch: number;
}

/** A target's state as an adapter reads it: opaque to the engine, serialisable, equal when nothing changed. */
export interface Capture {
  readonly target: Target;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: JsonObject;
}

/** What a verb found out, for the journal and for people. */
export type Evidence = JsonObject;

/** One guard as the sentinel saw it last. */
export interface GuardReading {
  readonly guard: string;
  readonly verdict: Verdict;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** In one sentence, with the numbers. */
  readonly reason: string;
  /** The metric of the arm under judgement; absent without evidence. */
  readonly value?: number;
  /** The metric of the baseline arm, where there is one. */
  readonly baseline?: number;
}

/** What a rollout asks the sentinel to watch. */
export interface Subscription {
  readonly rollout: string;
  /** Raised at each new subscription of the rollout: readings for an older one are stale. */
  readonly number: number;
  readonly guards: readonly Guard[];
  /** The oldest subscription whose readings count as this one's: it only asks again for what that one asked for. */
  readonly continues?: number;
  /** Percent exposed: at 0 the baseline arm is judged, at 100 there is no baseline left. */
  readonly percent: number;
  /** Milliseconds since the epoch: nothing measured before it counts. */
  readonly since: number;
  /** The baseline's value of each guard, kept for relative guards at 100 %. */
  readonly recorded: { readonly [guard: string]: number };
}

/** The evidence of a window, judged. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Guards with a `fail` anywhere in the window. */
  readonly failed: readonly string[];
  /** Milliseconds of the window for which every guard has good evidence. */
  readonly covered: number;
  /** Median of the baseline's values in the window, by guard. */
  readonly recorded: { readonly [guard: string]: number };
  /** The newest reading of each guard in the window. */
  readonly last: readonly GuardReading[];
}

/** Whether the world is as it was captured, read again. */
export interface Verification {
  readonly verified: boolean;
  readonly reason: string;
  readonly evidence: Evidence;
}

/** What a check found. */
export interface Checked {
  readonly evidence: Evidence;
}

/** What the records know of a rollout that was reset, whose own history has lost it. */
export interface Past {
  /** Acts that may have had an effect, in order of start. */
  readonly started: readonly string[];
  /** The newest try of each step that had begun. */
  readonly epochs: { readonly [step: string]: number };
  readonly captures: readonly Capture[];
  /** Why there is no going on: it had ended, or passed the point of no return. */
  readonly over?: string;
  /** Why it was taking everything back. */
  readonly unwinding?: string;
}

/** What restoring did. */
export interface Restored {
  /** What a stranger had changed in the fields we own, in words. */
  readonly drift?: string;
  readonly evidence: Evidence;
}

/** The whole scope of a rollout, asked for at once: it is granted whole or not at all. */
export interface LockRequest {
  readonly rollout: string;
  /** Whom to ask when another rollout waits for it. */
  readonly owner: string;
  readonly scope: readonly Target[];
  /** Whether to stand in line while another rollout holds a part of it. */
  readonly wait: boolean;
  /** Only asks whether it has the scope already; refused when it has not. */
  readonly holds?: true;
  /** The ended rollout that this one takes back: its orphaned lock passes over. */
  readonly takesBack?: string;
}

/** What became of a request for a scope. */
export type LockAnswer =
  | { readonly status: 'granted' }
  /** In line behind those who hold, or have asked before for, a conflicting target. */
  | {
      readonly status: 'queued';
      readonly behind: readonly {
        readonly rollout: string;
        readonly owner: string;
        readonly target: Target;
        /** Its workflow was ended from outside: it waits for a take-over. */
        readonly orphaned?: true;
      }[];
    }
  | { readonly status: 'refused'; readonly reason: string };

/** The verbs through which a rollout touches the world: input and answer of each. All are idempotent. */
export interface Verbs {
  /** Is the environment fit for this act: rights, versions, lag. */
  check: { in: { readonly act: Act; readonly key: EffectKey }; out: Checked };
  /** Read the act's target before the first act on it; kept put-if-absent by rollout and target, the first one wins. */
  capture: { in: { readonly act: Act; readonly key: EffectKey }; out: Capture };
  apply: { in: { readonly act: Act; readonly key: EffectKey }; out: Evidence };
  /** Perform the action that takes an act back. Writes a tombstone that a late `apply` of the key obeys. */
  undo: { in: { readonly act: Act; readonly action: Action; readonly key: EffectKey }; out: Evidence };
  /** Bring the target back to its capture. Never raises exposure. */
  restore: { in: { readonly act: Act; readonly capture: Capture; readonly key: EffectKey }; out: Restored };
  /** Keep a late `apply` of the key from having an effect, then say whether it had one. */
  fence: { in: { readonly act: Act; readonly key: EffectKey }; out: { readonly effect: 'none' | 'some' } };
  /** Read the target again and compare it with its capture. */
  verify: {
    in: { readonly acts: readonly Act[]; readonly capture: Capture; readonly key: EffectKey };
    out: Verification;
  };
  subscribe: { in: Subscription; out: null };
  unsubscribe: { in: { readonly rollout: string }; out: null };
  judge: {
    in: { readonly subscription: Subscription; readonly from: number; readonly to: number };
    out: Judgement;
  };
  notify: { in: Notice; out: null };
  /** Read from the records what a rollout has done, whatever its history says. */
  recollect: { in: { readonly rollout: string; readonly digest: string }; out: Past };
  /** Ask for the scope; the same again changes nothing. Leave that comes later arrives as the message `lock`. */
  acquire: { in: LockRequest; out: LockAnswer };
  /** Give the scope back, or leave the line; also when neither is the case. */
  release: {
    in: {
      readonly rollout: string;
      /** The lock that passed over from the rollout it was to take back goes back: nothing was taken back. */
      readonly handsBack?: true;
    };
    out: null;
  };
}

export type Verb = keyof Verbs;

/** Something people are told. */
export interface Notice {
  readonly rollout: string;
  /** `incident` calls someone; `question` wants an answer; `news` informs. */
  readonly urgency: 'news' | 'question' | 'incident';
  readonly text: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string; readonly cancelled: boolean };

/** A verb under way. */
export interface Running<T> {
  /** Absent until it ended. */
  readonly result: Result<T> | undefined;
  /** Asks it to stop; it still ends with a result. What only asks, and changes nothing, goes on to its end. */
  cancel(): void;
}

/**
 * Everything outside the interpreter. The workflow, the preview and the tests each bring their own; the interpreter
 * is the same in all of them.
 */
export interface Effects {
  /** Milliseconds since the epoch, the same at every replay. */
  now(): number;
  /**
   * Waits for a message, for `until`, or for the end of `running`, whichever comes first.
   * A message received before `until` is there to take when `wait` returns.
   */
  wait(until: number | undefined, running?: Running<unknown>, resting?: boolean): Promise<void>;
  /**
   * Whether to go on in a new run now, before it rests until `until`. Asked only while resting, when the interpreter has
   * nothing under way; true only when nothing else is, either. A wait that is `resting` ends as soon as this is true.
   */
  renews(until: number | undefined): boolean;
  /** The oldest message not yet taken. */
  take(): Message | undefined;
  /** Starts a verb. It is tried again until it succeeds, fails for good, or `within` milliseconds are over. */
  perform<V extends Verb>(verb: V, input: Verbs[V]['in'], within: number): Running<Verbs[V]['out']>;
  /** Takes an event for export; never waits. */
  record(event: JournalEvent): void;
}
