import type { GuardReading, LockAnswer } from './ports.js';

/** Who decided, as the environment's directory knows them at the moment of the decision. */
export interface Principal {
  readonly name: string;
  readonly groups: readonly string[];
}

interface DecisionBase {
  /** Given by the sender; a decision that comes twice counts once. */
  readonly id: string;
  readonly by: Principal;
  readonly reason?: string;
}

/** A person's decision, already authenticated; whether it is allowed here and now is judged by the interpreter. */
export type Decision =
  | (DecisionBase & {
      readonly type: 'approve' | 'reject';
      /** Which gate, which try of it, and for which plan: an approval is bound to all three. */
      readonly step: string;
      readonly epoch: number;
      readonly digest: string;
    })
  | (DecisionBase & { readonly type: 'abort' | 'resume' })
  /** Stops progress; with `zero` exposure goes back to what it was captured as, too, and climbs again after `resume`. */
  | (DecisionBase & { readonly type: 'pause'; readonly exposure?: 'zero' })
  /** Ends a watch as early as the plan allows. */
  | (DecisionBase & { readonly type: 'advance'; readonly step: string })
  /** Makes a watch longer by `ms` milliseconds. */
  | (DecisionBase & { readonly type: 'extend'; readonly step: string; readonly ms: number })
  /** Ends the rollout where it stands. */
  | (DecisionBase & { readonly type: 'halt'; readonly step?: string })
  /** Answers the question of a hold. */
  | (DecisionBase & { readonly type: 'answer'; readonly choice: 'wait' | 'roll-back' })
  /** Resolves `needs-operator`; with `step` only while it is that step which needs it. */
  | (DecisionBase & { readonly type: 'resolve'; readonly choice: Resolution; readonly step?: string });

export type DecisionType = Decision['type'];

/** What an operator may choose when a rollout cannot go on by itself. */
export type Resolution = 'retry' | 'skip' | 'halt';

/** What reaches a running rollout. */
export type Message =
  | Decision
  /** Somebody decided who could not be authenticated or may not decide at all. */
  | { readonly type: 'unauthorised'; readonly id: string; readonly by: string; readonly reason: string }
  /** The sentinel's readings changed. */
  | { readonly type: 'evidence'; readonly subscription: number; readonly readings: readonly GuardReading[] }
  /** The sentinel cannot see. */
  | { readonly type: 'blind'; readonly subscription: number; readonly reason: string }
  /** The answer to a request for the scope has changed. */
  | { readonly type: 'lock'; readonly answer: LockAnswer }
  /** The workflow was cancelled from a Temporal tool. */
  | { readonly type: 'cancel'; readonly reason: string }
  /** The workflow was reset: what it did after this moment is not in its history any more. */
  | { readonly type: 'reset' };

/** What became of a decision. */
export interface Answer {
  readonly accepted: boolean;
  /** What happens next, or why not and what would be allowed. */
  readonly reason: string;
}

/** A decision as it is sent: by a name that is yet to be authorised. */
export type DecisionRequest = {
  readonly id: string;
  readonly by: string;
  readonly reason?: string;
} & (
  | {
      readonly type: 'approve' | 'reject';
      readonly step: string;
      readonly epoch: number;
      readonly digest: string;
    }
  | { readonly type: 'abort' | 'resume' }
  | { readonly type: 'pause'; readonly exposure?: 'zero' }
  | { readonly type: 'advance'; readonly step: string }
  | { readonly type: 'extend'; readonly step: string; readonly ms: number }
  | { readonly type: 'halt'; readonly step?: string }
  | { readonly type: 'answer'; readonly choice: 'wait' | 'roll-back' }
  | { readonly type: 'resolve'; readonly choice: Resolution; readonly step?: string }
);
