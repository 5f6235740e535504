import type { JournalEvent, Provenance } from './journal.js';
import type { Answer, Resolution } from './messages.js';
import type { Phase, Plan, Target } from '../plan/plan.js';
import { stepsOf } from '../plan/plan.js';
import type { Look } from './look.js';
import type { Cause, Outcome } from './outcome.js';
import type { Retreating, Unwinding } from './taking-back.js';
import type { Drilled, Frozen, Glass, OpenGate } from './waiting.js';
import type { Reverts } from './reverts.js';
import type { Capture, GuardReading, House, LockAnswer, Subscription, Things } from './values.js';

export type { Cause, Outcome } from './outcome.js';
export type { Contested, Retreating, Unwinding } from './taking-back.js';
export type { Frozen, Glass, OpenGate } from './waiting.js';

export const stateFormat = 1;

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
  /** The one source of measurements for which it holds; absent where there are other reasons, too. */
  source?: string;
  askAt: number;
  /** Absent while nobody is exposed. */
  giveUpAt?: number;
  asked: boolean;
}

/** A rollout that cannot go on by itself. */
export interface Stuck {
  readonly step: string;
  readonly problem: string;
  readonly since: number;
  readonly choices: readonly Resolution[];
  /** It is tried again meanwhile, and goes on by itself as soon as that helps. */
  readonly retried?: true;
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
  /** Since when an exposed target is not as this rollout left it, or cannot be read. */
  disturbedSince?: number;
  /** Milliseconds for which that was so: they do not count. */
  lost?: number;
  /** Why the window cannot be judged: it holds, whatever the newest readings say. */
  unjudged?: string;
}

/** Everything a rollout knows: small, serialisable, enough to go on from. */
export interface RolloutState {
  readonly format: typeof stateFormat;
  readonly rollout: string;
  readonly environment: string;
  readonly digest: string;
  readonly startedBy: string;
  /** The plan came as JSON, and may call itself anything. */
  readonly fromFile?: true;
  /** How the start came. Absent from an older build. */
  readonly start?: Provenance;
  /** For whom a service started it. */
  readonly askedFor?: string;
  /** Refuse instead of standing in line for the scope. */
  readonly wait?: false;
  readonly reverts?: Reverts;
  phase?: Phase;
  /** Index of the step under way in the plan's order. */
  cursor: number;
  /** Percent of users that may have the candidate, as far as this rollout gave it to them. */
  exposure: number;
  /** When what was put back was read last, in milliseconds since the epoch. */
  exposureReadAt?: number;
  steps: Record<string, StepState>;
  /** Acts whose undo is registered, in order of start. */
  started: string[];
  captures: Record<Target, Capture>;
  /** What the plan's scope is, whatever the plan calls it. */
  things?: Things;
  /** What became of the request for the plan's scope. */
  lock?: LockAnswer;
  /** Somebody said that the answer would be another one by now. */
  lockMayHaveChanged?: true;
  /** Checks and guards have passed once: from here on the world changes. */
  ready?: true;
  paused?: Paused;
  subscription?: Subscription;
  /** The first subscription under which somebody had the candidate. */
  exposedFrom?: number;
  /** Until then missing evidence is only late, in milliseconds since the epoch. */
  warmUntil: number;
  readings: GuardReading[];
  /** The newest look at each exposed target, since the present subscription. */
  looks?: Look[];
  recorded: Record<string, number>;
  hold?: Hold;
  /** Nobody watches it, and somebody was called, for people have the candidate. */
  blind?: { readonly since: number };
  gate?: OpenGate;
  /** A calendar keeps the next act from starting. */
  frozen?: Frozen;
  /** What drills prove of the plan, where the environment asks for drills. */
  drilled?: Drilled;
  /** What holds for every rollout of the environment, as far as it was asked. */
  house?: House;
  /** Who wants it to pass a window or a missing drill: nothing else. */
  glass?: Glass;
  watch?: OpenWatch;
  /** A hold began since the last gate passed: whoever approved there did so before it. */
  approvalVoided?: true;
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
  identity: Pick<
    RolloutState,
    | 'rollout'
    | 'environment'
    | 'digest'
    | 'startedBy'
    | 'askedFor'
    | 'fromFile'
    | 'start'
    | 'wait'
    | 'reverts'
  >,
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
