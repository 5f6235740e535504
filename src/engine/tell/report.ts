import { stepsOf, type Phase, type Plan } from '../plan/plan.js';
import type { DecisionType } from '../state/messages.js';
import { decisionsNow } from '../decide/admit.js';
import type {
  Frozen,
  Glass,
  Hold,
  OpenWatch,
  Outcome,
  Paused,
  Retreating,
  RolloutState,
  StepStatus,
  Stuck,
  Unwinding,
} from '../state/state.js';
import type { Reverts } from '../state/reverts.js';
import { gateReport, type GateReport } from './gate-report.js';
import { exposureBy, type Exposure } from '../state/exposed.js';
import { statusOf, type Status } from '../state/status.js';
import { why, type Why } from './why.js';
import type { GuardReading, Things } from '../state/values.js';

/** One step as people see it. Times in milliseconds since the epoch. */
export interface StepReport {
  readonly id: string;
  readonly phase: Phase;
  readonly type: 'act' | 'watch' | 'gate';
  readonly status: StepStatus;
  readonly epoch: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** A rollout as people see it: what `switchback status -o json` prints. */
export interface StatusReport extends Exposure {
  readonly format: 1;
  readonly rollout: string;
  readonly environment: string;
  readonly runbook: string;
  readonly owner: string;
  readonly digest: string;
  readonly startedBy: string;
  readonly status: Status;
  readonly phase?: Phase;
  readonly steps: readonly StepReport[];
  readonly readings: readonly GuardReading[];
  readonly hold?: Hold;
  readonly gate?: GateReport;
  readonly frozen?: Frozen;
  /** Who wants it to pass a freeze, and for which incident. */
  readonly glass?: Glass;
  readonly watch?: OpenWatch;
  readonly paused?: Paused;
  readonly stuck?: Stuck;
  readonly pastNoReturn: boolean;
  readonly retreating?: Retreating;
  readonly unwinding?: Unwinding;
  readonly reverts?: Reverts;
  /** What its scope is, whatever the plan calls it. */
  readonly things?: Things;
  readonly outcome?: Outcome;
  /** The decisions that make sense now, for somebody who may take them. */
  readonly possible: readonly DecisionType[];
  readonly why: Why;
}

/** The report of a rollout's state. */
export function statusReport(plan: Plan, state: RolloutState): StatusReport {
  const {
    hold,
    frozen,
    glass,
    watch,
    paused,
    stuck,
    retreating,
    unwinding,
    reverts,
    things,
    outcome,
    phase,
  } = state;
  const gate = gateReport(plan, state);
  return {
    format: 1,
    rollout: state.rollout,
    environment: state.environment,
    runbook: plan.runbook,
    owner: plan.owner,
    digest: state.digest,
    startedBy: state.startedBy,
    status: statusOf(state),
    ...(phase && { phase }),
    ...exposureOf(state),
    steps: stepsOf(plan).map(({ phase: of, step }) => ({
      id: step.id,
      phase: of,
      type: step.type,
      ...(state.steps[step.id] ?? { status: 'pending', epoch: 0 }),
    })),
    readings: state.readings,
    ...(hold && { hold }),
    ...(gate && { gate }),
    ...(frozen && { frozen }),
    ...(glass && { glass }),
    ...(watch && { watch }),
    ...(paused && { paused }),
    ...(stuck && { stuck }),
    pastNoReturn: state.noReturn !== undefined,
    ...(retreating && { retreating }),
    ...(unwinding && { unwinding }),
    ...(reverts && { reverts }),
    ...(things && { things }),
    ...(outcome && { outcome }),
    possible: decisionsNow(plan, state),
    why: why(plan, state),
  };
}

function exposureOf({ exposure, exposureReadAt, looks = [] }: RolloutState): Exposure {
  return exposureBy({ exposure, ...(exposureReadAt !== undefined && { exposureReadAt }) }, looks);
}
