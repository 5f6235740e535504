import type { Asking, LockTable, Releasing } from './locks.js';
import type { Answer, Principal } from './messages.js';
import type { Evidence } from './ports.js';
import type { Target } from './plan.js';

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
}

/** The scope is given back, or the place in the line. */
export type Release = Releasing;

interface OperatorRequest {
  /** Given by the sender; a decision that comes twice counts once. */
  readonly id: string;
  /** A name that is yet to be authorised. */
  readonly by: string;
  readonly reason: string;
}

/** What people may decide about an environment's locks. */
export type LocksChoice =
  | { readonly type: 'stop'; readonly exposure?: 'zero' }
  | { readonly type: 'lift' }
  /** Ends an orphaned lock; `asItIs` also while its targets are not as they were captured. */
  | { readonly type: 'take-over'; readonly rollout: string; readonly asItIs?: true };

/** What the journal calls it. */
export function nameOfChoice(choice: LocksChoice): string {
  return choice.type === 'take-over' ? `take-over of ${choice.rollout}` : choice.type;
}

/** A decision about an environment's locks, as it is sent. */
export type LocksRequest = LocksChoice & OperatorRequest;

/** Who somebody is as of now, and which groups operate the environment; or why they may not decide. */
export type Identity =
  { readonly principal: Principal; readonly operators: readonly string[] } | { readonly refused: string };

/** How a rollout's workflow stands, as the server knows it. */
export type Ending =
  | { readonly rollout: string; readonly ended: 'open' | 'by-itself' }
  /** It could not say goodbye: `terminated` or `timed out`. */
  | { readonly rollout: string; readonly ended: 'from-outside'; readonly reason: string };

/** A target of an orphan, read again and compared with its capture. */
export interface TargetReading {
  readonly target: Target;
  readonly asCaptured: boolean;
  readonly reason: string;
  readonly evidence: Evidence;
}

/** Names between the locks, their activities and the rollouts. They stand in histories: never change one. */
export const locksNames = {
  workflow: 'locks',
  acquire: 'acquire',
  release: 'release',
  decide: 'decide',
  table: 'table',
  /** The memo that says, also without a worker, that the environment is stopped. */
  stopped: 'stopped',
} as const;

/** The activities that the workflow calls, by name. */
export interface LocksActivities {
  /** Running rollouts of the environment that hold their scope, for a workflow that knows nobody yet. */
  findHolders(): Promise<readonly Asking[]>;
  /** How the workflows of these rollouts stand. */
  findEndings(input: { readonly rollouts: readonly string[] }): Promise<readonly Ending[]>;
  /** Reads what an orphan touched. Stops at the first target that is not as captured, unless `all` are asked for. */
  readTargets(input: {
    readonly rollout: string;
    /** The rollout whose captures these are, when the orphan took another one back. */
    readonly takesBack?: string;
    readonly digest?: string;
    /** Different for each reading. */
    readonly reading: string;
    readonly all: boolean;
  }): Promise<readonly TargetReading[]>;
  /** Sends `pause` to the rollouts given and to all that run in the environment; answers whom it reached. */
  pauseRollouts(input: {
    readonly stop: string;
    readonly by: string;
    readonly reason: string;
    readonly exposure?: 'zero';
    readonly rollouts: readonly string[];
  }): Promise<readonly string[]>;
  /** Who somebody is as of now. */
  identify(input: { readonly by: string }): Promise<Identity>;
}

/** The workflow id of an environment's locks; their journal has the same name. */
export function locksId(environment: string): string {
  return `locks/${environment}`;
}
