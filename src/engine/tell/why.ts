import { decisionsNow } from '../decide/admit.js';
import { stepsOf, type Plan } from '../plan/plan.js';
import type { DecisionType } from '../state/messages.js';
import type { Frozen, RolloutState } from '../state/state.js';
import { statusOf, type Status } from '../state/status.js';
import type { DrillProof, GuardReading } from '../state/values.js';
import { gateReport, type GateReport } from './gate-report.js';
import type { Wait } from './wait.js';
import { undoing } from './waits-back.js';
import { waits } from './waits.js';

/** The answer to "what is it waiting for?". Times in milliseconds since the epoch. */
export interface Why extends Wait {
  readonly status: Status;
  readonly step?: string;
  /** The decisions that make sense now. */
  readonly possible: readonly DecisionType[];
  readonly evidence: readonly GuardReading[];
  /** What the open gate asks for, and what it has. */
  readonly gate?: GateReport;
  /** What a calendar holds, and until when. */
  readonly frozen?: Frozen;
  /** What drills prove of its way back, where the environment asks for that. */
  readonly drills?: DrillProof;
}

/** What a rollout waits for, since when, what clears it, who may, and what happens next and when. */
export function why(plan: Plan, state: RolloutState): Why {
  const status = statusOf(state);
  const gate = gateReport(plan, state);
  const step = state.stuck?.step ?? undoing(state)?.step ?? stepsOf(plan)[state.cursor]?.step.id;
  return {
    status,
    ...(step && !state.outcome && { step }),
    ...waits[status](plan, state, state.journal.at(-1)?.at ?? 0),
    possible: decisionsNow(plan, state),
    evidence: state.readings,
    ...(gate && { gate }),
    ...(state.frozen && { frozen: state.frozen }),
    ...(state.drilled?.proof && { drills: state.drilled.proof }),
  };
}
