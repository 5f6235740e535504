import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Answer, DecisionRequest } from '../src/engine/messages.js';
import type { GuardReading, LockAnswer } from '../src/engine/ports.js';
import type { JournalEvent } from '../src/engine/journal.js';
import type { Plan } from '../src/engine/plan.js';
import type { StatusReport } from '../src/engine/report.js';
import type { Outcome, RolloutState } from '../src/engine/state.js';
import type { TakesBack } from '../src/engine/takes-back.js';

interface Started {
  readonly format: 1;
  readonly environment: string;
  readonly startedBy: string;
  /** Refuse instead of standing in line for the scope. */
  readonly wait?: false;
  /** History events after which it goes on in a new run; when absent, the server's suggestion decides. */
  readonly continueAfter?: number;
}

/** What a rollout workflow is started with. */
export type RolloutInput = Started &
  (
    | {
        readonly plan: Plan;
        readonly digest: string;
        /** Where the run before stood: it goes on from there. */
        readonly state?: RolloutState;
        /** The last number of the journal that the runs before exported; all that there is when absent. */
        readonly exported?: number;
      }
    /** Takes an ended rollout back: which plan that was, and how far it came, stands in the records. */
    | { readonly takesBack: TakesBack }
  );

/** What the memo of every run but the first says of the whole rollout: the server itself tells only of runs. */
export interface ChainMemo {
  /** What the first run has as its static summary, which no other can have. */
  readonly summary?: string;
  /** When the first run began. */
  readonly startedAt?: string;
}

/** What a rollout that completed or rolled back answers. */
export interface RolloutResult {
  readonly format: 1;
  readonly outcome: Outcome;
}

/** A decision, answered at once: accepted or refused with the reason. */
export const decideUpdate = defineUpdate<Answer, [DecisionRequest]>('decide');
/** The same decision from tools that only know signals; the answer stands in the journal. */
export const decideSignal = defineSignal<[DecisionRequest]>('decide');
/** The sentinel's readings of a subscription changed. */
export const evidenceSignal =
  defineSignal<[{ subscription: number; readings: readonly GuardReading[] }]>('evidence');
/** The sentinel cannot be kept alive. */
export const blindSignal = defineSignal<[{ subscription: number; reason: string }]>('blind');
/** The answer to the request for the scope has changed. */
export const lockSignal = defineSignal<[LockAnswer]>('lock');

export const statusQuery = defineQuery<StatusReport>('status');
export const planQuery = defineQuery<Plan>('plan');
export const journalQuery = defineQuery<readonly JournalEvent[]>('journal');
