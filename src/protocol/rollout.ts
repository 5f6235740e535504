import type { Unjudged } from '../engine/decide/decision-queue.js';
import type { DecisionRequest } from '../engine/state/messages.js';
import type { Heard } from './decisions.js';
import type { UnderDrill } from './drill.js';
import type { Plan } from '../engine/plan/plan.js';
import type { Outcome, RolloutState } from '../engine/state/state.js';
import type { Reverts } from '../engine/state/reverts.js';

interface Started {
  readonly format: 1;
  readonly environment: string;
  readonly startedBy: string;
  /** For whom a service started it: that person does not count as another pair of eyes either. */
  readonly askedFor?: string;
  /** The plan came as JSON and may call itself anything: no runbook of the environment was evaluated for it. */
  readonly fromFile?: true;
  /** What a door says of the start and signed, as a compact JWS: without one nothing starts in a shared environment. */
  readonly signed?: string;
  /** Refuse instead of standing in line for the scope. */
  readonly wait?: false;
  /** In a drill environment alone. */
  readonly drill?: UnderDrill;
  /** History events after which it goes on in a new run; when absent, the server's suggestion decides. */
  readonly continueAfter?: number;
  /** History events after which an act is cut short, so that the next run goes on with it; 8,000 when absent. */
  readonly overflowsAfter?: number;
}

/** What came to a workflow and is no message, gathered. */
export interface Ignored {
  readonly count: number;
  /** What came first, each thing once. */
  readonly what: readonly string[];
}

/** What reached a run that was about to end. */
export interface Unheard extends Unjudged<DecisionRequest & Heard> {
  /** What was no message, and stands in no journal yet. */
  readonly ignored?: Ignored;
}

/** The name of the workflow. It stands in histories. */
export const rolloutType = 'rollout';

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
        /** What reached the run before, and was not dealt with. */
        readonly unheard?: Unheard;
      }
    /** Takes an ended rollout back: which plan that was, and how far it came, stands in the records. */
    | { readonly reverts: Reverts }
  );

/** What the memo of every run but the first says of the whole rollout: the server itself tells only of runs. */
export interface ChainMemo {
  /** What the first run has as its static summary, which no other can have. */
  readonly summary?: string;
  /** When the first run began. */
  readonly startedAt?: string;
}

/** Names of a rollout's messages. They stand in histories: never change one. */
export const rolloutNames = {
  decide: 'decide',
  lock: 'lock',
  status: 'status',
  plan: 'plan',
  journal: 'journal',
} as const;

/** What a rollout that completed or rolled back answers. */
export interface RolloutResult {
  readonly format: 1;
  readonly outcome: Outcome;
}
