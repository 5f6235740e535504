import { attended } from '../listen/attention.js';
import { askOperator } from '../listen/operator.js';
import type { Act } from '../plan/plan.js';
import { keyOf, record, stepState, type Run } from '../state/run.js';
import { Halt, RollBack } from '../state/interruptions.js';

/**
 * Asks an operator about an act that failed. A retry is a new epoch; before it, and before a skip, what the failed try
 * may have left is taken back, so that no half of an old try is built on.
 */
export async function decideFailedAct(run: Run, act: Act): Promise<'retry' | 'skipped'> {
  const { state } = run;
  const step = stepState(run, act.id);
  const { choice, by, reason } = await askOperator(run, {
    step: act.id,
    problem: `it failed: ${failureOf(run, act)}`,
    // Whoever skips an exposure would watch users who do not have the candidate.
    choices: act.exposure ? ['retry', 'halt'] : ['retry', 'skip', 'halt'],
  });
  if (choice === 'halt') throw new Halt(`${by} halted at ${act.id}: ${reason}`);
  const cleared = await clear(run, act);
  if (choice === 'retry') {
    step.epoch += 1;
    return 'retry';
  }
  // What its failed try left stays registered, and goes with everything else when the rollout is taken back.
  if (cleared) {
    step.status = 'skipped';
    state.started = state.started.filter((id) => id !== act.id);
  }
  record(run, 'step-skipped', reason, { step: act.id, epoch: step.epoch, by, evidence: { cleared } });
  return 'skipped';
}

function failureOf({ state }: Run, act: Act): string {
  const last = state.journal.findLast(({ type, step }) => type === 'act-failed' && step === act.id);
  return last?.reason ?? 'nobody knows why any more';
}

/**
 * Takes back what the failed try left, or keeps it from landing late where an earlier act's state is on the target, too.
 * Answers whether nothing of it is left.
 */
async function clear(run: Run, act: Act): Promise<boolean> {
  const { effects, plan } = run;
  const key = keyOf(run, act.id);
  const within = plan.deadlines.undo;
  const failed = (error: string) =>
    new RollBack({
      type: 'act-failed',
      step: act.id,
      reason: `what its failed try left cannot be taken back: ${error}`,
    });
  if (act.undo.type === 'act') {
    const undone = await attended(run, effects.perform('undo', { act, action: act.undo.do, key }, within));
    if (!undone.ok) throw failed(undone.error);
    return true;
  }
  const fenced = await attended(run, effects.perform('fence', { act, key }, within));
  if (!fenced.ok) throw failed(fenced.error);
  return fenced.value.effect === 'none';
}
