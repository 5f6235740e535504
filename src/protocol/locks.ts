import type { OfChain } from './chain.js';
import type { Unjudged } from '../engine/decide/decision-queue.js';
import type { Answer, Principal } from '../engine/state/messages.js';
import type { Target } from '../engine/plan/plan.js';
import type { Findings, LockRequest } from '../engine/state/values.js';
import type { Heard } from './decisions.js';

/** What the workflow that keeps an environment's locks is started with, and carries into its next run. */
export interface LocksInput {
  readonly format: 1;
  readonly environment: string;
  /** Absent in the first run: then those who run already are found out first. */
  readonly table?: LockTable;
  /** What the newest decisions were answered, the newest last. */
  readonly answers?: readonly Answered[];
  /** How many events its journal has. */
  readonly journalled?: number;
  /** A run of these locks that nothing could make go on: what it knew is read from its history before anything is granted. */
  readonly repairs?: string;
  /** What reached the run before, and was not dealt with. */
  readonly unheard?: Unjudged<LocksRequest & Heard>;
  /** Rollouts that are yet to be looked at, because somebody saw them end. */
  readonly toLookAt?: readonly string[];
  /** Milliseconds between two looks at whoever stands in somebody's way; 5 minutes when absent. */
  readonly lookEvery?: number;
  /** Milliseconds between two looks at all who hold, while nobody waits; one hour when absent. */
  readonly lookAtAllEvery?: number;
  /** History events after which a new run begins; when absent, the server's suggestion decides. */
  readonly continueAfter?: number;
}

/** A decision that has been answered; the same id again is answered the same, as long as it stands for the same. */
export interface Answered {
  readonly id: string;
  readonly answer: Answer;
  /** What was decided, as `nameOfChoice` says it, and by whom; absent where an older build answered. */
  readonly what?: string;
  readonly by?: string;
  /** Until when it may come again and count, in Unix ms. */
  readonly until?: number;
}

/** Sent to the locks by whoever saw that a rollout's workflow has ended, or runs after all: they look themselves. */
export interface LookSignal {
  readonly rollout: string;
}

/** The scope is given back, or the place in the line. */
export type Release = Releasing;

interface OperatorRequest {
  /** Given by the sender; a decision that comes twice counts once. */
  readonly id: string;
  /** A name that is yet to be authorised. */
  readonly by: string;
  readonly reason: string;
  /** What a door says of it and signed, as a compact JWS: without one it decides nothing in a shared environment. */
  readonly signed?: string;
}

/** What people may decide about an environment's locks. */
export type LocksChoice =
  | { readonly type: 'stop'; readonly exposure?: 'zero' }
  | { readonly type: 'lift' }
  /** Ends an orphaned lock; `asItIs` also while its targets are not as they were captured. */
  | { readonly type: 'take-over'; readonly rollout: string; readonly asItIs?: true }
  /** Whoever decides has somebody else answer gates for them, for a while. */
  | Delegating
  /** Ends what somebody delegated, by the id of that decision. */
  | { readonly type: 'end-delegation'; readonly delegation: string };

/** What somebody hands to somebody else. Times in Unix ms. */
export interface Delegating {
  readonly type: 'delegate';
  readonly to: string;
  /** Names of gates, or `*`. */
  readonly gates: readonly string[];
  /** From when; from the decision on when absent. */
  readonly since?: number;
  readonly until: number;
}

/** What the journal calls it. */
export function nameOfChoice(choice: LocksChoice): string {
  return choice.type === 'take-over' ? `take-over of ${choice.rollout}` : choice.type;
}

/** A decision about an environment's locks, as it is sent. */
export type LocksRequest = LocksChoice & OperatorRequest;

/** Who somebody is as of now, and which groups operate the environment; or why they may not decide. */
export type Identity =
  | {
      readonly principal: Principal;
      readonly operators: readonly string[];
      /** Until when what a door has signed may come again, in Unix ms: its answer is kept until then. */
      readonly signedUntil?: number;
    }
  | { readonly refused: string };

/** How a rollout's workflow stands, as the server knows it. */
export type Ending =
  | { readonly rollout: string; readonly ended: 'open' | 'by-itself' }
  /** It could not say goodbye: `terminated` or `timed out`. */
  | {
      readonly rollout: string;
      readonly ended: 'from-outside';
      readonly reason: string;
      /** The sentinel watches it, and is who calls somebody. */
      readonly watched?: true;
    };

/** A target of an orphan, read again and compared with its capture. */
export interface TargetReading {
  readonly target: Target;
  readonly asCaptured: boolean;
  readonly reason: string;
  readonly evidence: Findings;
}

/** Names between the locks, their activities and the rollouts. They stand in histories: never change one. */
export const locksNames = {
  workflow: 'locks',
  acquire: 'acquire',
  release: 'release',
  look: 'look',
  decide: 'decide',
  table: 'table',
  /** The memo that says, also without a worker, that the environment is stopped. */
  stopped: 'stopped',
} as const;

/** What a run knew that cannot be asked any more. */
export interface RecollectedLocks {
  /** Absent when its history is gone, or says nothing of it. */
  readonly table?: LockTable;
  /** Decisions that it was asked for and never took. */
  readonly undecided: readonly LocksRequest[];
}

/** The activities that the workflow calls, by name. */
export interface LocksActivities {
  /** Reads what a run of the locks knew from its history, which no worker can replay. */
  recollectLocks(input: { readonly runId: string }): Promise<RecollectedLocks>;
  /** Running rollouts of the environment that hold their scope, for a workflow that knows nobody yet. */
  findHolders(): Promise<readonly Asking[]>;
  /** How the workflows of these rollouts stand; `unwatched`: of those alone whose end nobody else would find. */
  findEndings(input: {
    readonly rollouts: readonly string[];
    readonly unwatched?: true;
  }): Promise<readonly Ending[]>;
  /** Reads what an orphan touched. Stops at the first target that is not as captured, unless `all` are asked for. */
  readTargets(input: {
    readonly rollout: string;
    /** The rollout whose captures these are, when the orphan took another one back. */
    readonly reverts?: string;
    readonly digest?: string;
    /** Different for each reading. */
    readonly reading: string;
    readonly all: boolean;
  }): Promise<readonly TargetReading[]>;
  /**
   * Sends `pause` to the rollouts given and to all that run in the environment; answers whom it reached. An older build
   * answers with the list alone.
   */
  pauseRollouts(input: {
    readonly stop: string;
    readonly by: string;
    readonly reason: string;
    readonly exposure?: 'zero';
    readonly rollouts: readonly string[];
    /** What a door has signed of the stop: each rollout looks at it itself. */
    readonly signed?: string;
  }): Promise<readonly string[] | Reached>;
  /** Who has delegated something with the decision of that id; null when the journal knows none. */
  delegatorOf(input: { readonly delegation: string }): Promise<string | null>;
  /** Who these are as of now, in their order; the requests themselves are absent from an older build. */
  identify(input: {
    readonly by: readonly string[];
    readonly requests?: readonly (LocksRequest & Heard)[];
  }): Promise<readonly Identity[]>;
}

/** Whom a stop has reached. */
export interface Reached {
  readonly rollouts: readonly string[];
  /** Those whose workflow stands still, paused in Temporal or broken: they hear it once it goes on. */
  readonly standing: readonly string[];
}

/** The workflow id of an environment's locks; their journal has the same name. */
export function locksId(environment: string): string {
  return `locks/${environment}`;
}

/** A request for a scope, with what makes a repeated or late one harmless. */
export interface Asking extends LockRequest, OfChain {
  /** When the rollout asked, by the clock of its own history: of two words of a rollout the newer one counts. */
  readonly askedAt: number;
  /** Of the plan, by which whoever looks at an orphan's targets finds it. */
  readonly digest?: string;
}

/** A rollout that holds its scope, or stands in line for it. Times in milliseconds since the epoch. */
export interface Claim extends Omit<Asking, 'wait' | 'holds'> {
  /** Since when it holds, or stands in line. */
  readonly since: number;
  /** Its workflow was ended from outside: nobody will release it. */
  readonly orphaned?: { readonly at: number; readonly reason: string };
  /** The orphan's claim that passed over to the rollout that takes it back. */
  readonly passed?: Claim;
}

/** A scope given back. */
export interface Releasing extends OfChain {
  readonly rollout: string;
  /** When the rollout said so, by the clock of its own history. */
  readonly askedAt: number;
  /** What passed over from an orphan goes back to it: nothing was taken back. */
  readonly handsBack?: true;
}

/** Nothing starts in the environment. */
export interface Stopped {
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  /** Exposure was to go back as well. */
  readonly exposure?: 'zero';
}

/** Who holds what in an environment, and who waits, in order of arrival. */
export interface LockTable {
  readonly holders: readonly Claim[];
  readonly line: readonly Claim[];
  readonly stopped?: Stopped;
  /** Rollouts that released a short while ago: when they said so, and when it was heard. */
  readonly released: { readonly [rollout: string]: { readonly askedAt: number; readonly at: number } };
}
