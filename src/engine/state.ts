import type { JournalEvent } from './journal.js';
import type { Answer, Resolution } from './messages.js';
import type { Phase, Plan, Target } from './plan.js';
import { stepsOf } from './plan.js';
import type { Capture, GuardReading, LockAnswer, Subscription } from './ports.js';
import type { TakesBack } from './takes-back.js';

export const stateFormat = 1;

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
  | { readonly type: 'no-scope'; readonly reason: string }
  | { readonly type: 'halted'; readonly reason: string }
  | { readonly type: 'hold-expired'; readonly reason: string }
  | { readonly type: 'act-failed'; readonly step: string; readonly reason: string }
  | { readonly type: 'rejected'; readonly step: string; readonly by: string; readonly reason: string }
  | { readonly type: 'expired'; readonly step: string; readonly reason: string }
  | { readonly type: 'aborted'; readonly by: string; readonly reason: string }
  | { readonly type: 'answered'; readonly by: string; readonly reason: string }
  | { readonly type: 'taken-back'; readonly rollout: string; readonly by: string; readonly reason: string }
  /** What it did before says so: what was being rolled back does not climb again. */
  | { readonly type: 'reset'; readonly reason: string }
  | { readonly type: 'cancelled'; readonly reason: string };

export type StepStatus = 'pending' | 'running' | 'done' | 'failed' | 'undoing' | 'undone' | 'skipped';

/** Progress of one step. Times in milliseconds since the epoch. */
export interface StepState {
  status: StepStatus;
  epoch: number;
  startedAt?: number;
  endedAt?: number;
  /** Why its undo failed last. */
  problem?: string;
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
  deadline: number;
  approvals: { readonly by: string; readonly at: number }[];
}

/** A rollout that cannot go on by itself. */
export interface Stuck {
  readonly step: string;
  readonly problem: string;
  readonly since: number;
  readonly choices: readonly Resolution[];
  resolution?: Resolved;
}

/** What an operator chose, and why. */
export interface Resolved {
  readonly choice: Resolution;
  readonly by: string;
  readonly reason: string;
}

/** Progress stops, protection does not. */
export interface Paused {
  readonly since: number;
  readonly by: string;
  readonly reason: string;
}

/** Evidence is being gathered for the step `step`. */
export interface OpenWatch {
  readonly step: string;
  readonly since: number;
  endsAt: number;
  covered: number;
  /** Milliseconds by which an operator made it longer. */
  extended?: number;
  /** Somebody whom the plan allows it wants it to end as early as the plan allows. */
  advanced?: { readonly by: string; readonly reason: string };
  /** Why the window cannot be judged: it holds, whatever the newest readings say. */
  unjudged?: string;
}

/** Everything that was done is being taken back. */
export interface Unwinding {
  readonly cause: Cause;
  readonly since: number;
  /** People have been told. */
  told?: true;
  /** The act that was under way when it began, until its exposure has been restored for the second time. */
  interrupted?: string;
  exposureRestoredAt?: number;
  /** Targets that were read again: true when they are as they were. */
  verified: Record<Target, boolean>;
  verifiedAt?: number;
}

/** Exposure and all that was done since is being taken back to what it was before anybody was exposed. */
export interface Retreating {
  readonly since: number;
  readonly by: string;
  readonly reason: string;
  told?: true;
  interrupted?: string;
  exposureRestoredAt?: number;
  verified: Record<Target, boolean>;
}

/** Everything a rollout knows: small, serialisable, enough to go on from. */
export interface RolloutState {
  readonly format: typeof stateFormat;
  readonly rollout: string;
  readonly environment: string;
  readonly digest: string;
  readonly startedBy: string;
  /** Refuse instead of standing in line for the scope. */
  readonly wait?: false;
  readonly takesBack?: TakesBack;
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
  /** Checks and guards have passed once: from here on the world changes. */
  ready?: true;
  paused?: Paused;
  subscription?: Subscription;
  /** The first subscription under which somebody had the candidate. */
  exposedFrom?: number;
  /** Until then missing evidence is only late, in milliseconds since the epoch. */
  warmUntil: number;
  readings: GuardReading[];
  recorded: Record<string, number>;
  hold?: Hold;
  gate?: OpenGate;
  watch?: OpenWatch;
  /** A hold began since the last gate passed: whoever approved there did so before it. */
  leaveVoided?: true;
  stuck?: Stuck;
  noReturn?: { readonly step: string; readonly at: number };
  /** The workflow was reset: nothing is done before the records have said what had been done. */
  forgetful?: true;
  /** The workflow was reset while it took everything back: whether that has ended stands in the records alone. */
  mayBeOver?: true;
  unwinding?: Unwinding;
  retreating?: Retreating;
  /** It stops where it stands: an operator decides past the point of no return. */
  halting?: Cause;
  /** An operator ends the rollback where it stands, once the undos under way have stopped. */
  haltAsked?: { readonly by: string; readonly reason: string };
  decisions: Record<string, Answer>;
  journal: JournalEvent[];
  outcome?: Outcome;
}

/** The state of a rollout that has done nothing yet. */
export function initialState(
  plan: Plan,
  identity: Pick<RolloutState, 'rollout' | 'environment' | 'digest' | 'startedBy' | 'wait' | 'takesBack'>,
): RolloutState {
  return {
    format: stateFormat,
    ...identity,
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
