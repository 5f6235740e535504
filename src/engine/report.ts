import { stepsOf, type Phase, type Plan } from './plan.js';
import type { GuardReading } from './ports.js';
import type { Hold, OpenGate, Outcome, RolloutState, Status, StepStatus, Stuck } from './state.js';
import { why, type Why } from './why.js';

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
export interface StatusReport {
  readonly format: 1;
  readonly rollout: string;
  readonly environment: string;
  readonly runbook: string;
  readonly owner: string;
  readonly digest: string;
  readonly startedBy: string;
  readonly status: Status;
  readonly phase?: Phase;
  /** Percent of users that may have the candidate. */
  readonly exposure: number;
  readonly steps: readonly StepReport[];
  readonly readings: readonly GuardReading[];
  readonly hold?: Hold;
  readonly gate?: OpenGate;
  readonly watch?: RolloutState['watch'];
  readonly stuck?: Stuck;
  readonly pastNoReturn: boolean;
  readonly unwinding?: RolloutState['unwinding'];
  readonly outcome?: Outcome;
  readonly why: Why;
}

/** The report of a rollout's state. */
export function statusReport(plan: Plan, state: RolloutState): StatusReport {
  const { hold, gate, watch, stuck, unwinding, outcome, phase } = state;
  return {
    format: 1,
    rollout: state.rollout,
    environment: state.environment,
    runbook: plan.runbook,
    owner: plan.owner,
    digest: state.digest,
    startedBy: state.startedBy,
    status: state.status,
    ...(phase && { phase }),
    exposure: state.exposure,
    steps: stepsOf(plan).map(({ phase: of, step }) => ({
      id: step.id,
      phase: of,
      type: step.type,
      ...(state.steps[step.id] ?? { status: 'pending', epoch: 0 }),
    })),
    readings: state.readings,
    ...(hold && { hold }),
    ...(gate && { gate }),
    ...(watch && { watch }),
    ...(stuck && { stuck }),
    pastNoReturn: state.noReturn !== undefined,
    ...(unwinding && { unwinding }),
    ...(outcome && { outcome }),
    why: why(plan, state),
  };
}
