import { stepsOf, type Phase, type Plan } from './plan.js';
import type { GuardReading } from './ports.js';
import type { DecisionType } from './messages.js';
import { decisionsNow } from './judge.js';
import type {
  Hold,
  OpenGate,
  OpenWatch,
  Outcome,
  Paused,
  Retreating,
  RolloutState,
  StepStatus,
  Stuck,
  Unwinding,
} from './state.js';
import type { TakesBack } from './takes-back.js';
import { statusOf, type Status } from './status.js';
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
  readonly watch?: OpenWatch;
  readonly paused?: Paused;
  readonly stuck?: Stuck;
  readonly pastNoReturn: boolean;
  readonly retreating?: Retreating;
  readonly unwinding?: Unwinding;
  readonly takesBack?: TakesBack;
  readonly outcome?: Outcome;
  /** The decisions that make sense now, for somebody who may take them. */
  readonly possible: readonly DecisionType[];
  readonly why: Why;
}

/** The report of a rollout's state. */
export function statusReport(plan: Plan, state: RolloutState): StatusReport {
  const { hold, gate, watch, paused, stuck, retreating, unwinding, takesBack, outcome, phase } = state;
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
    ...(paused && { paused }),
    ...(stuck && { stuck }),
    pastNoReturn: state.noReturn !== undefined,
    ...(retreating && { retreating }),
    ...(unwinding && { unwinding }),
    ...(takesBack && { takesBack }),
    ...(outcome && { outcome }),
    possible: decisionsNow(plan, state),
    why: why(plan, state),
  };
}
