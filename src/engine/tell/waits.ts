import { formatDuration } from '../base/duration.js';
import { stepsOf, type Plan } from '../plan/plan.js';
import { called } from '../state/called.js';
import { approvedBy } from '../state/people.js';
import { approvalOf, operatorGroups } from '../state/rights.js';
import type { Frozen, RolloutState } from '../state/state.js';
import type { Status } from '../state/status.js';
import { gateReport, type GateReport } from './gate-report.js';
import type { Wait } from './wait.js';
import { untilUndone, untilUnserved } from './waits-back.js';

type WaitOf = (plan: Plan, state: RolloutState, since: number) => Wait;

const over: WaitOf = (_plan, _state, since) => ({
  waitingFor: 'nothing',
  since,
  clears: 'it is over',
  who: [],
  next: 'nothing',
});

/** One answer for each status. */
export const waits: { readonly [S in Status]: WaitOf } = {
  preflight: (_plan, state, since) => ({
    waitingFor: state.reverts ? 'its scope' : 'checks and a first pass of every guard',
    since,
    clears: state.reverts ? 'the scope granted' : 'all of them passing',
    who: [],
    next: state.reverts ? `${state.reverts.rollout} is taken back` : 'the first step',
  }),

  queued(_plan, { lock }, since) {
    const behind = lock?.status === 'queued' ? lock.behind : [];
    const held = behind.map(
      ({ target, as, rollout, owner }) => `${called(target, as)}, which ${rollout} of ${owner} has`,
    );
    return {
      waitingFor: held.join('; ') || 'its scope',
      since,
      clears: 'their end: they release what they hold',
      who: [...new Set(behind.map(({ owner }) => owner))],
      next: 'its checks, as soon as the whole scope is free',
    };
  },

  running(plan, state, since) {
    const step = stepsOf(plan)[state.cursor]?.step;
    const began = (step && state.steps[step.id]?.startedAt) ?? since;
    const within = step?.type === 'act' ? (step.within ?? plan.deadlines.act) : undefined;
    return {
      waitingFor: `${step?.id ?? 'the last step'} to be done`,
      since: began,
      clears: 'its end',
      who: [],
      next: nextStep(plan, state),
      ...(within !== undefined && { nextAt: began + within }),
    };
  },

  watching(plan, state, since) {
    const { watch } = state;
    return {
      waitingFor: `the end of ${watch?.step}`,
      since: watch?.since ?? since,
      clears: 'good evidence from every guard for the whole window',
      who: [],
      next: nextStep(plan, state),
      ...(watch && { nextAt: watch.endsAt }),
    };
  },

  waiting(plan, state, since) {
    if (state.frozen) return thawing(plan, state.frozen);
    const gate = gateReport(plan, state);
    const given = gate?.approvals.map(approvedBy) ?? [];
    const names = given.length > 0 ? ` (${given.join(', ')})` : '';
    const expiry = gate && approvalOf(plan, gate.step)?.onExpiry;
    return {
      waitingFor: `${gate?.step}: ${given.length} of ${gate?.quorum} approvals${names}${whoIsLeft(gate)}`,
      since: gate?.since ?? since,
      clears: `${gate?.quorum === 1 ? 'one person' : `${gate?.quorum} different people`} of ${gate?.asks.join(', ')}`,
      who: gate?.asks ?? [],
      next: expiry === 'halt' ? 'it halts and asks an operator' : stopping(state),
      ...(gate && { nextAt: gate.deadline }),
    };
  },

  holding(plan, state, since) {
    const { hold } = state;
    return {
      waitingFor: `evidence: ${hold?.reason}`,
      since: hold?.since ?? since,
      clears: 'every guard passing, or an answer (wait, roll back)',
      who: operatorGroups(plan),
      ...afterHold(state),
    };
  },

  paused(plan, state, since) {
    const { paused } = state;
    return {
      waitingFor: `somebody to resume it: ${paused?.by} paused it (${paused?.reason})`,
      since: paused?.since ?? since,
      clears: 'resume',
      who: operatorGroups(plan),
      ...(state.hold ? afterHold(state) : { next: 'nothing by itself, unless a guard fails' }),
    };
  },

  retreating: (plan, state, since) => ({
    waitingFor: 'exposure, and what was done since, to be taken back',
    since: state.retreating?.since ?? since,
    clears: 'the last undo',
    who: [],
    next: 'it stays paused until somebody resumes',
    ...untilUndone(plan, state),
    ...untilUnserved(plan, state.retreating),
  }),

  unwinding: (plan, state, since) => ({
    waitingFor: 'the rollback to end',
    since: state.unwinding?.since ?? since,
    clears: 'every target read again',
    who: [],
    next: 'rolled-back',
    ...untilUndone(plan, state),
    ...untilUnserved(plan, state.unwinding),
  }),

  halting: (_plan, _state, since) => ({
    waitingFor: 'what is under way to stop',
    since,
    clears: 'its end',
    who: [],
    next: 'an operator is asked',
  }),

  'needs-operator': (plan, { stuck }, since) => ({
    waitingFor: `an operator: ${stuck?.problem}`,
    since: stuck?.since ?? since,
    clears: stuck?.choices.join(', ') ?? '',
    who: operatorGroups(plan),
    next: stuck?.retried
      ? 'it is tried again all the time, and goes on when that helps'
      : 'nothing by itself',
  }),

  completed: over,
  'rolled-back': over,
  halted: over,
  refused: over,
};

/** Who could still open it, where that is known; and that they are too few. */
function whoIsLeft({ missing, left }: Partial<GateReport> = {}): string {
  if (left === undefined || missing === undefined) return '';
  if (left.length < missing)
    return `; ${missing} more needed, ${left.length} can (${left.join(', ') || 'nobody'})`;
  return `; ${missing} more of ${left.join(', ')}`;
}

/** Until when a calendar holds it. */
function thawing(plan: Plan, { step, since, reason, until, lookAt, undrilled }: Frozen): Wait {
  if (undrilled) {
    return {
      waitingFor: `${step} to be let: ${reason}`,
      since,
      clears: 'a drill that proves its way back',
      who: operatorGroups(plan),
      next: 'it is looked again for a drill',
      nextAt: lookAt,
    };
  }
  return {
    waitingFor: `${step} to be let: ${reason}`,
    since,
    clears: until === undefined ? 'a calendar that can be read and is open' : 'the end of the freeze',
    who: operatorGroups(plan),
    next: until === undefined ? 'the calendar is read again' : step,
    nextAt: until ?? lookAt,
  };
}

/** What stopping means now: nothing is unwound past the point of no return. */
function stopping(state: RolloutState): string {
  return state.noReturn ? 'it halts and asks an operator' : 'it rolls back';
}

function afterHold(state: RolloutState): Pick<Wait, 'next' | 'nextAt'> {
  const { hold } = state;
  const nextAt = hold?.asked ? hold.giveUpAt : hold?.askAt;
  const last = hold?.giveUpAt === undefined ? 'nothing by itself' : stopping(state);
  return {
    next: hold?.asked ? last : 'someone is asked',
    ...(nextAt !== undefined && { nextAt }),
  };
}

function nextStep(plan: Plan, state: RolloutState): string {
  const next = stepsOf(plan)[state.cursor + 1];
  if (!next) return 'completed';
  const { step } = next;
  return step.type === 'watch' ? `${step.id} for ${formatDuration(step.for)}` : step.id;
}
