import type { JournalEvent } from './journal.js';
import type { Answer } from './messages.js';
import type { Phase, Plan, Target } from './plan.js';
import { stepsOf } from './plan.js';
import type { Capture, GuardReading, LockAnswer, Subscription } from './ports.js';

export const stateFormat = 1;

/** Where a rollout stands. The last four are outcomes. */
export type Status =
  'preflight' | 'running' | 'watching' | 'waiting' | 'holding' | 'unwinding' | 'needs-operator' | OutcomeType;

export type OutcomeType = 'completed' | 'rolled-back' | 'halted' | 'refused';

/** How a rollout ended. */
export interface Outcome {
  readonly type: OutcomeType;
  readonly reason: string;
  /** Rolled back and verified, but the baseline's guards did not confirm it. */
  readonly unconfirmed?: true;
  /** The rollback was asked for by cancelling the workflow. */
  readonly cancelled?: true;
}

/** Why a rollout is taken back. */
export type Cause =
  | { readonly type: 'breach'; readonly guard: string; readonly reason: string }
  | { readonly type: 'no-leave-from-guards'; readonly reason: string }
  | { readonly type: 'hold-expired'; readonly reason: string }
  | { readonly type: 'act-failed'; readonly step: string; readonly reason: string }
  | { readonly type: 'rejected'; readonly step: string; readonly by: string; readonly reason: string }
  | { readonly type: 'expired'; readonly step: string; readonly reason: string }
  | { readonly type: 'aborted'; readonly by: string; readonly reason: string }
  | { readonly type: 'answered'; readonly by: string; readonly reason: string }
  | { readonly type: 'cancelled'; readonly reason: string };

export type StepStatus = 'pending' | 'running' | 'done' | 'failed' | 'undoing' | 'undone' | 'skipped';

/** Progress of one step. Times in milliseconds since the epoch. */
export interface StepState {
  status: StepStatus;
  epoch: number;
  startedAt?: number;
  endedAt?: number;
}

/** Evidence is missing or unclear: nothing moves forward until it is back or someone decides. */
export interface Hold {
  readonly since: number;
  reason: string;
  askAt: number;
  /** Absent while nobody is exposed. */
  giveUpAt?: number;
  asked: boolean;
}

/** A gate that waits for people. */
export interface OpenGate {
  readonly step: string;
  epoch: number;
  readonly since: number;
  readonly deadline: number;
  approvals: { readonly by: string; readonly at: number }[];
}

/** A rollout that cannot go on by itself. */
export interface Stuck {
  readonly step: string;
  readonly problem: string;
  readonly since: number;
  readonly choices: readonly ('retry' | 'skip' | 'halt')[];
  resolution?: { readonly choice: 'retry' | 'skip' | 'halt'; readonly by: string; readonly reason: string };
}

/** Everything a rollout knows: small, serialisable, enough to go on from. */
export interface RolloutState {
  readonly format: typeof stateFormat;
  readonly rollout: string;
  readonly environment: string;
  readonly digest: string;
  readonly startedBy: string;
  status: Status;
  phase?: Phase;
  /** Index of the step under way in the plan's order. */
  cursor: number;
  /** Percent of users that may have the candidate. */
  exposure: number;
  steps: Record<string, StepState>;
  /** Acts whose undo is registered, in order of start. */
  started: string[];
  captures: Record<Target, Capture>;
  /** What became of the request for the plan's scope. */
  lock?: LockAnswer;
  subscription?: Subscription;
  /** The first subscription under which somebody had the candidate. */
  exposedFrom?: number;
  /** Until then missing evidence is only late, in milliseconds since the epoch. */
  warmUntil: number;
  readings: GuardReading[];
  recorded: Record<string, number>;
  hold?: Hold;
  gate?: OpenGate;
  watch?: {
    readonly step: string;
    readonly since: number;
    endsAt: number;
    covered: number;
    /** Why the window cannot be judged: it holds, whatever the newest readings say. */
    unjudged?: string;
  };
  /** A hold began since the last gate passed: whoever approved there did so before it. */
  leaveVoided?: true;
  stuck?: Stuck;
  noReturn?: { readonly step: string; readonly at: number };
  unwinding?: {
    readonly cause: Cause;
    readonly since: number;
    exposureRestoredAt?: number;
    verifiedAt?: number;
  };
  /** Set while an operator decides past the point of no return. */
  halting?: Cause;
  decisions: Record<string, Answer>;
  journal: JournalEvent[];
  outcome?: Outcome;
}

/** The state of a rollout that has done nothing yet. */
export function initialState(
  plan: Plan,
  identity: { rollout: string; environment: string; digest: string; startedBy: string },
): RolloutState {
  return {
    format: stateFormat,
    ...identity,
    status: 'preflight',
    cursor: 0,
    exposure: 0,
    steps: Object.fromEntries(
      stepsOf(plan).map(({ step }) => [step.id, { status: 'pending', epoch: 0 } satisfies StepState]),
    ),
    started: [],
    captures: {},
    warmUntil: 0,
    readings: [],
    recorded: {},
    decisions: {},
    journal: [],
  };
}
