import type { JournalEvent } from './journal.js';
import type { Asked } from './gate.js';
import type { Message } from './messages.js';
import type { Act, Action, Plan, Target } from '../plan/plan.js';
import type {
  EffectKey,
  Capture,
  Findings,
  Subscription,
  Judgement,
  Verification,
  Checked,
  Past,
  Restored,
  LockRequest,
  LockAnswer,
  Notice,
  Observed,
  Things,
  Window,
} from './values.js';

/** The verbs through which a rollout touches the world: input and answer of each. All are idempotent. */
export interface Verbs {
  /** Is the environment fit for this act: rights, versions, lag. */
  check: {
    in: {
      readonly act: Act;
      readonly key: EffectKey;
      /** All acts of the plan on the same target, in order. */
      readonly acts?: readonly Act[];
    };
    out: Checked;
  };
  /** Read the act's target before the first act on it; kept put-if-absent by rollout and target, the first one wins. */
  capture: { in: { readonly act: Act; readonly key: EffectKey }; out: Capture };
  apply: { in: { readonly act: Act; readonly key: EffectKey }; out: Findings };
  /** Perform the action that takes an act back. Writes a tombstone that a late `apply` of the key obeys. */
  undo: { in: { readonly act: Act; readonly action: Action; readonly key: EffectKey }; out: Findings };
  /** Bring the target back to its capture. Never raises exposure. */
  restore: { in: { readonly act: Act; readonly capture: Capture; readonly key: EffectKey }; out: Restored };
  /** Ask the application itself; ends when it serves the candidate of a restored target to nobody, where it can be asked. */
  observe: { in: { readonly act: Act; readonly capture: Capture; readonly key: EffectKey }; out: Observed };
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
  /** Who could open each of these gates, as of now: people, each once. */
  able: {
    in: {
      readonly gates: readonly Asked[];
      readonly runbook: string;
      readonly fromFile?: true;
      readonly startedBy: string;
      readonly askedFor?: string;
    };
    out: { readonly [step: string]: readonly string[] };
  };
  /**
   * Whether a calendar keeps a runbook from starting and raising at a time; or whether a missing drill keeps a plan from
   * being promoted. Fails closed, by its answer.
   */
  window: {
    in: { readonly runbook: string; readonly at: number; readonly promotes?: Plan };
    out: Window;
  };
  /** Read from the records what a rollout has done, whatever its history says. */
  recollect: { in: { readonly rollout: string; readonly digest: string }; out: Past };
  /** Find out what the targets of a scope are, whatever they are called. */
  resolve: { in: { readonly scope: readonly Target[] }; out: Things };
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
  /** Whether the run will soon take no more signals: then what may stop at a safe place does, for the next run. */
  overflows(): boolean;
  /** The oldest message not yet taken. */
  next(): Message | undefined;
  /**
   * Starts a verb. It is tried again until it succeeds, fails for good, has been tried so many times, or `within`
   * milliseconds are over.
   */
  perform<V extends Verb>(
    verb: V,
    input: Verbs[V]['in'],
    within: number,
    tries?: number,
  ): Running<Verbs[V]['out']>;
  /** Takes an event for export; never waits. */
  record(event: JournalEvent): void;
}
