import { attended, listen } from '../listen/attention.js';
import { askOperator } from '../listen/operator.js';
import type { Act } from '../plan/plan.js';
import { stepState, type Run } from '../state/run.js';
import type { Retreating, Unwinding } from '../state/state.js';
import { Halt } from '../state/interruptions.js';
import { restoreExposure } from './restore-exposure.js';
import { haltWhenAsked, untilUndosEnded } from './halt-asked.js';
import { beginUndo, recordSkipped, recordUndone } from './undo.js';
import { putBackRaised } from './raised-again.js';
import { untilUnserved } from './unserved.js';

/** What is kept of a taking back while it goes on, so that it can go on in a new run. */
type Progress = Unwinding | Retreating;

/**
 * Takes acts back, in the one safe order: what was taken from the baseline; then exposure, in one hop and at once; then,
 * when the act under way has ended, requests have drained and the application serves the candidate to nobody any more,
 * every other act, the last first.
 *
 * @param undone the acts, last started first
 * @param hooks `begun` is called when the first undos are under way, `exposureRestored` once nobody is exposed any more
 */
export async function undoActs(
  run: Run,
  progress: Progress,
  undone: readonly Act[],
  hooks: { begun(): void; exposureRestored(): void },
): Promise<void> {
  const { underWay } = run;
  await untilUndosEnded(run);
  const interrupted = underWay.act;
  if (interrupted) progress.interrupted = interrupted.act.id;
  interrupted?.running.cancel();

  const takes = undone.filter((act) => act.removesFromBaseline);
  if (takes.length > 0) hooks.begun();
  if (interrupted?.act.removesFromBaseline) await untilEnded(run);
  for (const act of takes) await undoAct(run, act);

  const begun = takes.length > 0 ? () => undefined : hooks.begun;
  await restoreExposure(run, progress, undone.filter(isExposure), begun);
  hooks.exposureRestored();
  await untilEnded(run);
  // An exposure that was under way may have landed after its restore: put it back once more, now that it has ended.
  const again = undone.find((act) => act.id === progress.interrupted && isExposure(act));
  if (again) {
    stepState(run, again.id).status = 'done';
    await restoreExposure(run, progress, [again]);
  }
  delete progress.interrupted;

  await drain(run, progress, undone);
  await untilUnserved(run, progress, undone);
  for (const act of undone) {
    if (act.exposure || act.removesFromBaseline) continue;
    await putBackRaised(run, progress);
    await undoAct(run, act);
  }
}

function isExposure(act: Act): boolean {
  return act.exposure !== undefined;
}

/** The act that was under way has ended, or stopped at a safe place. */
async function untilEnded(run: Run): Promise<void> {
  const { underWay } = run;
  while (underWay.act && !underWay.act.running.result) await listen(run, undefined, underWay.act.running);
  delete underWay.act;
}

/** One undo, tried for long; an operator decides when it still fails. What is undone already stays so. */
async function undoAct(run: Run, act: Act): Promise<void> {
  const { state } = run;
  const step = stepState(run, act.id);
  if (step.status === 'undone' || step.status === 'skipped') return;
  for (;;) {
    if (state.stuck?.step !== act.id) {
      await haltWhenAsked(run, act.id);
      const running = beginUndo(run, act);
      const result = await attended(run, running);
      run.underWay.undos.delete(running);
      if (result.ok) return recordUndone(run, act, result.value);
      await haltWhenAsked(run, act.id);
      step.problem = result.error;
    }
    const { choice, by, reason } = await askOperator(run, {
      step: act.id,
      problem: `its undo failed: ${step.problem ?? 'nobody knows why any more'}`,
      choices: ['retry', 'skip', 'halt'],
    });
    if (choice === 'halt') throw new Halt(`${by} halted the rollback at ${act.id}: ${reason}`);
    if (choice === 'skip') return recordSkipped(run, act, { by, reason });
  }
}

/** Requests that began under the old exposure end before anything they need is taken away. */
async function drain(run: Run, progress: Progress, undone: readonly Act[]): Promise<void> {
  const length = Math.max(0, ...undone.map((act) => act.exposure?.drain ?? 0));
  for (;;) {
    await putBackRaised(run, progress);
    if (progress.exposureRestoredAt === undefined) return;
    const until = progress.exposureRestoredAt + length;
    if (run.effects.now() >= until) return;
    await listen(run, until);
  }
}
