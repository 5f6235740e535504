import type { Look } from './look.js';
import type { Delegator, Known } from './people.js';
import type { GuardReading, LockAnswer } from './values.js';

/** By what somebody showed who they are; the weakest first. `name` proves nothing, and counts in `local` alone. */
export const proofs = ['name', 'slack', 'token', 'oidc'] as const;
export type Proof = (typeof proofs)[number];

/** Who decided, as the environment's directory knows them at the moment of the decision. */
export interface Principal extends Known {
  /** The door that it came through; `cli` where the command line hands it in by itself. Absent from an older build. */
  readonly via?: string;
  readonly proof?: Proof;
  /** The principal or door that handed it in; the same as `name` when that person did. */
  readonly submittedBy?: string;
  /** The policy of a shared environment lets them decide this, whichever groups the plan names for it. */
  readonly allowed?: true;
  /** Those for whom they may answer gates now. */
  readonly delegators?: readonly Delegator[];
  /** They have no right to approve for themselves. */
  readonly onlyForOthers?: true;
}

interface DecisionBase {
  /** Given by the sender; a decision that comes twice counts once. */
  readonly id: string;
  readonly by: Principal;
  readonly reason?: string;
  /** What a door signed of it, as a compact JWS: kept, so that anybody can check it later. */
  readonly signed?: string;
  /** The newest number of the journal that whoever decided had seen. */
  readonly seen?: number;
  /** The people behind the start, as of now; the names that started it and asked for it when absent. */
  readonly starters?: readonly string[];
  /** Who it is was looked up in an older policy, because of this. */
  readonly olderPolicy?: string;
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
  /** Changes nothing: its reason stands in the journal, beside the answers of others. */
  | (DecisionBase & { readonly type: 'comment' })
  | (DecisionBase & { readonly type: 'abort' | 'resume' })
  /** Stops progress; with `zero` exposure goes back to what it was captured as, too, and climbs again after `resume`. */
  | (DecisionBase & { readonly type: 'pause'; readonly exposure?: 'zero' })
  /** Ends a watch as early as the plan allows. */
  | (DecisionBase & { readonly type: 'advance'; readonly step: string })
  /** Makes a watch longer by `ms` milliseconds, or a gate's deadline later. */
  | (DecisionBase & { readonly type: 'extend'; readonly step: string; readonly ms: number })
  /** Ends the rollout where it stands. */
  | (DecisionBase & { readonly type: 'halt'; readonly step?: string })
  /** Lets it pass a freeze, when two people want that for the same incident. */
  | (DecisionBase & { readonly type: 'break-glass'; readonly incident: string })
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
  /** So many decisions by these people are refused, and nobody waits for an answer to one of them. */
  | {
      readonly type: 'dismissed';
      readonly count: number;
      readonly by: readonly string[];
      readonly reason: string;
    }
  /** Something came that is no message. */
  | { readonly type: 'ignored'; readonly count: number; readonly reason: string }
  /** The sentinel's readings changed. */
  | {
      readonly type: 'evidence';
      readonly subscription: number;
      readonly readings: readonly GuardReading[];
      /** The newest look at each exposed target; absent from a worker of an older build. */
      readonly looks?: readonly Look[];
    }
  /** The sentinel cannot see; whichever subscription it is, when whoever says so does not know its number. */
  | { readonly type: 'blind'; readonly subscription?: number; readonly reason: string }
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
  /** What a door says of it and signed, as a compact JWS: without one it decides nothing in a shared environment. */
  readonly signed?: string;
} & (
  | {
      readonly type: 'approve' | 'reject';
      readonly step: string;
      readonly epoch: number;
      readonly digest: string;
    }
  | { readonly type: 'comment' }
  | { readonly type: 'break-glass'; readonly incident: string }
  | { readonly type: 'abort' | 'resume' }
  | { readonly type: 'pause'; readonly exposure?: 'zero' }
  | { readonly type: 'advance'; readonly step: string }
  | { readonly type: 'extend'; readonly step: string; readonly ms: number }
  | { readonly type: 'halt'; readonly step?: string }
  | { readonly type: 'answer'; readonly choice: 'wait' | 'roll-back' }
  | { readonly type: 'resolve'; readonly choice: Resolution; readonly step?: string }
);
