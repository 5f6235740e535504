import { attended } from './attention.js';
import { askOperator } from './operator.js';
import type { Act } from './plan.js';
import { keyOf, record, stepState, type Run } from './run.js';
import { Halt, Stop } from './stop.js';

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
  await clear(run, act);
  if (choice === 'retry') {
    step.epoch += 1;
    return 'retry';
  }
  step.status = 'skipped';
  state.started = state.started.filter((id) => id !== act.id);
  record(run, 'step-skipped', reason, { step: act.id, epoch: step.epoch, by });
  return 'skipped';
}

function failureOf({ state }: Run, act: Act): string {
  const last = state.journal.findLast(({ type, step }) => type === 'act-failed' && step === act.id);
  return last?.reason ?? 'nobody knows why any more';
}

/** Takes back what the failed try left, or keeps it from landing late where an earlier act's state is on the target, too. */
async function clear(run: Run, act: Act): Promise<void> {
  const { effects, plan } = run;
  const key = keyOf(run, act.id);
  const within = plan.deadlines.undo;
  const cleared =
    act.undo.type === 'act'
      ? await attended(run, effects.perform('undo', { act, action: act.undo.do, key }, within))
      : await attended(run, effects.perform('fence', { act, key }, within));
  if (cleared.ok) return;
  throw new Stop({
    type: 'act-failed',
    step: act.id,
    reason: `what its failed try left cannot be taken back: ${cleared.error}`,
  });
}
