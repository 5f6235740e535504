import { formatDuration } from './duration.js';
import { approvalOf, operatorGroups } from './decisions.js';
import { stepsOf, type Plan } from './plan.js';
import type { GuardReading } from './ports.js';
import type { RolloutState, Status } from './state.js';

/** The answer to "what is it waiting for?". Times in milliseconds since the epoch. */
export interface Why {
  readonly status: Status;
  readonly step?: string;
  /** The one thing it waits for. */
  readonly waitingFor: string;
  readonly since: number;
  /** What ends the wait. */
  readonly clears: string;
  /** Groups that may decide now; empty when nobody is asked. */
  readonly who: readonly string[];
  readonly next: string;
  /** When `next` comes at the latest by itself. */
  readonly nextAt?: number;
  readonly evidence: readonly GuardReading[];
}

/** What a rollout waits for, since when, what clears it, who may, and what happens next and when. */
export function why(plan: Plan, state: RolloutState): Why {
  const step = state.stuck?.step ?? stepsOf(plan)[state.cursor]?.step.id;
  return {
    status: state.status,
    ...(step && !state.outcome && { step }),
    ...waitOf(plan, state),
    evidence: state.readings,
  };
}

type Wait = Omit<Why, 'status' | 'step' | 'evidence'>;

function waitOf(plan: Plan, state: RolloutState): Wait {
  const since = state.journal.at(-1)?.at ?? 0;
  if (state.outcome) {
    return { waitingFor: 'nothing', since, clears: 'it is over', who: [], next: state.outcome.reason };
  }
  if (state.stuck) {
    return {
      waitingFor: `an operator: ${state.stuck.problem}`,
      since: state.stuck.since,
      clears: state.stuck.choices.join(', '),
      who: operatorGroups(plan),
      next: 'nothing by itself',
    };
  }
  if (state.unwinding) {
    return {
      waitingFor: 'the rollback to end',
      since: state.unwinding.since,
      clears: 'every target read again',
      who: [],
      next: 'rolled-back',
    };
  }
  if (state.hold) return waitOfHold(plan, state.hold, stopping(state));
  if (state.gate) return waitOfGate(plan, state.gate, stopping(state));
  if (state.watch) {
    return {
      waitingFor: `the end of ${state.watch.step}`,
      since: state.watch.since,
      clears: 'good evidence from every guard for the whole window',
      who: [],
      next: nextStep(plan, state),
      nextAt: state.watch.endsAt,
    };
  }
  if (state.status === 'preflight') {
    return {
      waitingFor: 'checks and a first pass of every guard',
      since,
      clears: 'all of them passing',
      who: [],
      next: 'the first step',
    };
  }
  const under = stepsOf(plan)[state.cursor]?.step.id ?? 'the last step';
  const began = state.steps[under]?.startedAt ?? since;
  return {
    waitingFor: `${under} to be done`,
    since: began,
    clears: 'its end',
    who: [],
    next: nextStep(plan, state),
  };
}

/** What stopping means now: nothing is unwound past the point of no return. */
function stopping(state: RolloutState): string {
  return state.noReturn ? 'it halts and asks an operator' : 'it rolls back';
}

function waitOfHold(plan: Plan, hold: NonNullable<RolloutState['hold']>, stop: string): Wait {
  const nextAt = hold.asked ? hold.giveUpAt : hold.askAt;
  return {
    waitingFor: `evidence: ${hold.reason}`,
    since: hold.since,
    clears: 'every guard passing, or an answer (wait, roll back)',
    who: operatorGroups(plan),
    next: hold.asked ? (hold.giveUpAt ? stop : 'nothing by itself') : 'someone is asked',
    ...(nextAt !== undefined && { nextAt }),
  };
}

function waitOfGate(plan: Plan, gate: NonNullable<RolloutState['gate']>, stop: string): Wait {
  const leave = approvalOf(plan, gate.step);
  const given = gate.approvals.map(({ by }) => by);
  return {
    waitingFor: `${gate.step}: ${given.length} of ${leave?.quorum} approvals${given.length > 0 ? ` (${given.join(', ')})` : ''}`,
    since: gate.since,
    clears: `${leave?.quorum} different people of ${leave?.by.join(', ')}`,
    who: leave?.by ?? [],
    next: leave?.onExpiry === 'halt' ? 'it halts and asks an operator' : stop,
    nextAt: gate.deadline,
  };
}

function nextStep(plan: Plan, state: RolloutState): string {
  const next = stepsOf(plan)[state.cursor + 1];
  if (!next) return 'completed';
  const { step } = next;
  return step.type === 'watch' ? `${step.id} for ${formatDuration(step.for)}` : step.id;
}
