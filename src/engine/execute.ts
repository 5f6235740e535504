import { performAct, type Current } from './acts.js';
import { attend, attended } from './attention.js';
import { performGate } from './gates.js';
import { askOperator } from './operator.js';
import type { ContractStep } from './plan.js';
import { stepsOf, type Plan } from './plan.js';
import type { Effects } from './ports.js';
import { preflight } from './preflight.js';
import { notify, record, setStatus, standStill, stepState, type Run } from './run.js';
import type { Cause, Outcome, RolloutState } from './state.js';
import { describeCause, Halt, Stop } from './stop.js';
import { unwind } from './unwind.js';
import { performWatch } from './watches.js';

/**
 * Carries a plan out. The same function runs in the workflow, the preview and the tests: everything that differs
 * stands behind `effects`. `state` is changed in place, so that it can be shown at any moment.
 */
export async function execute(plan: Plan, state: RolloutState, effects: Effects): Promise<Outcome> {
  const run: Run = { plan, state, effects };
  const current: Current = {};
  record(run, 'started', `${plan.runbook} for ${state.environment}: ${plan.why}`, { by: state.startedBy });
  const outcome = await outcomeOf(run, current);
  state.outcome = outcome;
  state.status = outcome.type;
  if (outcome.type === 'completed' || outcome.type === 'refused') await leaveSentinel(run);
  attend(run);
  record(run, 'ended', `${outcome.type}: ${outcome.reason}`);
  notify(run, 'news', `${outcome.type}: ${outcome.reason}`);
  return outcome;
}

/** Answers what still arrives when the rollout is over. */
export function answerAfterwards(plan: Plan, state: RolloutState, effects: Effects): void {
  attend({ plan, state, effects });
}

async function outcomeOf(run: Run, current: Current): Promise<Outcome> {
  try {
    await preflight(run);
  } catch (error) {
    return refused(run, causeOf(error));
  }
  for (;;) {
    try {
      await performSteps(run, current);
      return { type: 'completed', reason: 'every step is done and verified' };
    } catch (error) {
      if (error instanceof Halt) return { type: 'halted', reason: error.message };
      const cause = causeOf(error);
      if (!run.state.noReturn) return await unwindOrHalt(run, cause, current);
      const halted = await haltPastNoReturn(run, cause, current);
      if (halted) return halted;
    }
  }
}

async function unwindOrHalt(run: Run, cause: Cause, current: Current): Promise<Outcome> {
  try {
    return await unwind(run, cause, current);
  } catch (error) {
    if (error instanceof Halt) return { type: 'halted', reason: error.message };
    throw error;
  }
}

async function performSteps(run: Run, current: Current): Promise<void> {
  const { state } = run;
  const steps = stepsOf(run.plan);
  for (let placed = steps[state.cursor]; placed; placed = steps[state.cursor]) {
    if (state.phase !== placed.phase) {
      state.phase = placed.phase;
      record(run, 'phase-entered', placed.phase);
    }
    await perform(run, placed.step, current);
    state.cursor += 1;
  }
}

async function perform(run: Run, step: ContractStep, current: Current): Promise<void> {
  switch (step.type) {
    case 'act':
      return performAct(run, step, current);
    case 'watch':
      return performWatch(run, step);
    case 'gate':
      return performGate(run, step);
  }
}

function refused(run: Run, cause: Cause): Outcome {
  const reason = `nothing was changed: ${describeCause(cause)}`;
  record(run, 'refused', reason);
  return { type: 'refused', reason, ...(cause.type === 'cancelled' && { cancelled: true as const }) };
}

/** The answer does not matter: the sentinel drops a rollout that is over by itself. */
async function leaveSentinel(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  if (!state.subscription) return;
  delete state.subscription;
  await attended(run, effects.perform('unsubscribe', { rollout: state.rollout }, plan.deadlines.preflight));
}

/** Nothing is unwound past the point of no return: the rollout stands still until an operator lets it go on or ends it. */
async function haltPastNoReturn(run: Run, cause: Cause, current: Current): Promise<Outcome | undefined> {
  const { state } = run;
  standStill(run, cause);
  await settleInterrupted(run, current);
  const step = stepsOf(run.plan)[state.cursor]?.step.id ?? 'the end';
  const problem = `past the point of no return (${state.noReturn?.step}): ${describeCause(cause)}`;
  const { choice, by, reason } = await askOperator(run, { step, problem, choices: ['retry', 'halt'] });
  delete state.halting;
  if (choice === 'halt') return { type: 'halted', reason: `${problem}; ${by}: ${reason}` };
  const next = stepState(run, step);
  if (next.status === 'failed') next.epoch += 1;
  setStatus(run, 'running');
  return undefined;
}

/** An act that ran on while the rollout halted counts by how it ended. */
async function settleInterrupted(run: Run, current: Current): Promise<void> {
  const { act, running } = current;
  if (!act || !running) return;
  const result = await attended(run, running);
  stepState(run, act.id).status = result.ok ? 'done' : 'failed';
  if (result.ok) run.state.cursor += 1;
  delete current.act;
  delete current.running;
}

function causeOf(error: unknown): Cause {
  if (error instanceof Stop) return error.reason;
  throw error;
}
