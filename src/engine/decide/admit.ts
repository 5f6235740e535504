import { formatDuration } from '../base/duration.js';
import type { Answer, Decision, DecisionType } from '../state/messages.js';
import { evidenceKept, type Plan } from '../plan/plan.js';
import { operatorGroups, outsider, watchOf } from '../state/rights.js';
import type { Run } from '../state/run.js';
import type { RolloutState } from '../state/state.js';
import { machine, statusOf } from '../state/status.js';
import { accept, refuse } from './answer.js';
import { judgeGlass } from './judge-glass.js';
import { judgeAnswer, judgeComment, judgeLaterDeadline } from './judge-gate.js';

/** Whether a decision is allowed here and now, and what happens next or why not. Changes nothing. */
export function admit(run: Run, decision: Decision): Answer {
  const { state, plan } = run;
  if (state.outcome) return refuse(`the rollout is over: ${state.outcome.type}`);
  // Whatever is open: words stand in nobody's way.
  if (decision.type === 'comment') return judgeComment(decision);
  const possible = decisionsNow(plan, state);
  if (!possible.includes(decision.type)) {
    const now = `it is ${statusOf(state)}; possible now: ${possible.join(', ') || 'nothing but to wait'}`;
    return refuse(`${whyNot(state, decision.type)} (${now})`);
  }
  switch (decision.type) {
    case 'approve':
    case 'reject':
      return judgeAnswer(run, decision);
    case 'abort':
      return accept(
        state.noReturn
          ? 'past the point of no return: it halts and asks an operator'
          : 'everything is taken back',
      );
    case 'pause':
      return judgePause(state, decision.exposure);
    case 'resume':
      return byOperator(run, decision, 'it goes on where it was');
    case 'advance':
      return judgeAdvance(run, decision);
    case 'extend':
      return judgeExtend(run, decision);
    case 'break-glass':
      return judgeGlass(run, decision);
    case 'halt':
      return judgeHalt(run, decision);
    case 'answer':
      return byOperator(
        run,
        decision,
        decision.choice === 'wait' ? 'the deadlines of the hold start again' : 'everything is taken back',
      );
    case 'resolve':
      return judgeResolve(run, decision);
  }
}

/** The decisions that make sense now, whoever takes them. */
export function decisionsNow(plan: Plan, state: RolloutState): DecisionType[] {
  return machine[statusOf(state)].decisions.filter((type) => makesSense(plan, state, type));
}

function makesSense(plan: Plan, state: RolloutState, type: DecisionType): boolean {
  switch (type) {
    case 'approve':
    case 'reject':
      return state.gate !== undefined && !state.hold;
    case 'answer':
      return state.hold !== undefined;
    case 'advance':
      return state.watch !== undefined && watchOf(plan, state.watch.step)?.early !== undefined;
    case 'extend':
      return (state.watch ?? state.gate) !== undefined;
    case 'comment':
      return (state.gate ?? state.hold ?? state.stuck ?? state.frozen) !== undefined;
    case 'break-glass':
      return state.frozen !== undefined && state.glass?.brokenAt === undefined;
    case 'pause':
      if (state.reverts ?? state.unwinding ?? state.halting) return false;
      return !state.paused || (mayRetreat(state) && !state.retreating);
    case 'abort':
      return !state.unwinding && !state.halting;
    case 'halt':
      return !state.haltAsked;
    case 'resume':
    case 'resolve':
      return true;
  }
}

/** Whether exposure can go back to zero while the rollout itself stays. */
export function mayRetreat({ exposure, noReturn }: RolloutState): boolean {
  return exposure > 0 && !noReturn;
}

function whyNot(state: RolloutState, type: DecisionType): string {
  if (state.unwinding && type !== 'resolve') return 'the rollout is already rolling back';
  if (state.halting) return 'halted past the point of no return: resolve it with retry or halt';
  switch (type) {
    case 'approve':
    case 'reject':
      if (state.gate && state.hold) return `on hold, nothing can be approved: ${state.hold.reason}`;
      return 'no gate is open now';
    case 'answer':
      return 'nothing is asked now';
    case 'advance':
      return state.watch ? `the plan does not let ${state.watch.step} end early` : 'nothing is watched now';
    case 'extend':
      return 'nothing is watched now, and no gate is open';
    case 'comment':
      return 'nobody is asked now';
    case 'break-glass':
      return 'no calendar and no missing drill holds it now';
    case 'pause':
      if (state.reverts) return 'it takes another rollout back, which nothing is to hold up';
      return state.paused ? 'it is paused already' : 'it cannot be paused now';
    case 'resume':
      return 'it is not paused';
    case 'resolve':
      return 'the rollout does not need an operator now';
    case 'abort':
    case 'halt':
      return 'it is being stopped already';
  }
}

/** The safe direction: everybody who is known may. */
function judgePause(state: RolloutState, exposure: 'zero' | undefined): Answer {
  if (exposure === undefined && state.paused) return refuse('it is paused already');
  const stays = 'nothing new starts until somebody resumes; guards are evaluated all the same';
  if (exposure === undefined) return accept(stays);
  if (mayRetreat(state)) return accept(`exposure goes back at once; ${stays}`);
  return state.exposure === 0
    ? accept(`nobody is exposed; ${stays}`)
    : accept(`past the point of no return exposure stays; ${stays}`);
}

function judgeAdvance(run: Run, decision: Extract<Decision, { type: 'advance' }>): Answer {
  const { watch } = run.state;
  const early = watch && watchOf(run.plan, watch.step)?.early;
  if (!watch || !early) return refuse('nothing is watched now');
  if (decision.step !== watch.step) return refuse(`${decision.step} is not watched now; ${watch.step} is`);
  if (watch.advanced) return refuse(`${watch.advanced.by} has decided that already`);
  const outside = outsider(decision.by, early.by);
  if (outside !== undefined) return refuse(outside);
  return accept(`it ends as soon as every guard has good evidence for ${formatDuration(early.after)}`);
}

function judgeExtend(run: Run, decision: Extract<Decision, { type: 'extend' }>): Answer {
  const { watch, gate } = run.state;
  const open = watch ?? gate;
  if (!open) return refuse('nothing is watched now, and no gate is open');
  if (decision.step !== open.step) return refuse(`${decision.step} is not open now; ${open.step} is`);
  if (!Number.isSafeInteger(decision.ms) || decision.ms < 1) {
    return refuse('it needs a length of a millisecond or more');
  }
  if (!watch) return judgeLaterDeadline(run, decision);
  const left = evidenceKept - (watchOf(run.plan, watch.step)?.for ?? 0) - (watch.extended ?? 0);
  if (run.plan.guards.length > 0 && decision.ms > left) {
    const kept = formatDuration(evidenceKept);
    return refuse(`evidence is kept for ${kept}: it can last ${formatDuration(left)} longer at most`);
  }
  return byOperator(run, decision, `it watches for ${formatDuration(decision.ms)} more`);
}

function judgeHalt(run: Run, decision: Extract<Decision, { type: 'halt' }>): Answer {
  const { exposure, unwinding } = run.state;
  if (!decision.reason) return refuse('halt needs a reason');
  if (unwinding?.verifiedAt !== undefined) {
    return byOperator(run, decision, 'everything is taken back and was read again; it ends unconfirmed');
  }
  const left = unwinding ? 'what is not taken back yet stays' : 'everything stays as it is';
  const unwatched = exposure > 0 ? `, ${exposure} % exposed, and nobody watches it` : '';
  return byOperator(run, decision, `it ends where it stands: ${left}${unwatched}`);
}

function judgeResolve(run: Run, decision: Extract<Decision, { type: 'resolve' }>): Answer {
  const { stuck } = run.state;
  if (!stuck || stuck.resolution) return refuse('the rollout does not need an operator now');
  if (decision.step !== undefined && decision.step !== stuck.step) {
    return refuse(`${decision.step} does not need an operator now; ${stuck.step} does`);
  }
  if (!stuck.choices.includes(decision.choice)) {
    return refuse(`${decision.choice} is not possible here; possible: ${stuck.choices.join(', ')}`);
  }
  if (decision.choice !== 'retry' && !decision.reason) return refuse(`${decision.choice} needs a reason`);
  return byOperator(run, decision, `${decision.choice} ${stuck.step}`);
}

function byOperator({ plan }: Run, { by }: Decision, next: string): Answer {
  const outside = outsider(by, operatorGroups(plan));
  return outside === undefined ? accept(next) : refuse(outside);
}
