import { attended } from '../listen/attention.js';
import { askOperator } from '../listen/operator.js';
import { stepsOf } from '../plan/plan.js';
import { record, stepState, type Run } from '../state/run.js';
import type { Cause } from '../state/state.js';
import { describeCause, Halt } from '../state/interruptions.js';

/**
 * Nothing is unwound past the point of no return: the rollout stands still until an operator lets it go on, or ends it,
 * which throws `Halt`.
 */
export async function haltPastNoReturn(run: Run, cause: Cause): Promise<void> {
  const { state } = run;
  if (!state.stuck) await settleInterrupted(run);
  const problem = `past the point of no return (${state.noReturn?.step}): ${describeCause(cause)}`;
  const at = stepsOf(run.plan)[state.cursor]?.step.id ?? 'the end';
  const { choice, by, reason } = await askOperator(run, { step: at, problem, choices: ['retry', 'halt'] });
  delete state.halting;
  if (choice === 'halt') throw new Halt(`${problem}; ${by}: ${reason}`);
  const next = stepState(run, at);
  if (next.status === 'failed') next.epoch += 1;
}

/** An act that ran on while the rollout halted counts by how it ended. */
async function settleInterrupted(run: Run): Promise<void> {
  const { underWay, state } = run;
  if (!underWay.act) return;
  const { act, running } = underWay.act;
  const result = await attended(run, running);
  const step = stepState(run, act.id);
  step.status = result.ok ? 'done' : 'failed';
  step.endedAt = run.effects.now();
  const about = { step: act.id, epoch: step.epoch };
  if (result.ok) {
    state.cursor += 1;
    record(run, 'act-done', act.verify, { ...about, evidence: result.value });
  } else {
    record(run, 'act-failed', result.error, about);
  }
  delete underWay.act;
}
