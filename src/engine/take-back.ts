import { attended, listen } from './attention.js';
import { showDrift } from './drift.js';
import { askOperator } from './operator.js';
import type { Act, Target } from './plan.js';
import type { Restored, Running } from './ports.js';
import { keyOf, record, stepState, type Run } from './run.js';
import type { Retreating, Unwinding } from './state.js';
import { Halt } from './stop.js';

/** What is kept of a taking back while it goes on, so that it can go on in a new run. */
type Progress = Unwinding | Retreating;

/**
 * Takes acts back, in the one safe order: what was taken from the baseline; then exposure, in one hop and at once; then,
 * when the act under way has ended and requests have drained, every other act, the last first.
 *
 * @param undone the acts, last started first
 * @param hooks `begun` is called when the first undos are under way, `exposureRestored` once nobody is exposed any more
 */
export async function takeBack(
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

  const takes = undone.filter((act) => act.takesFromBaseline);
  if (takes.length > 0) hooks.begun();
  if (interrupted?.act.takesFromBaseline) await untilEnded(run);
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
  for (const act of undone) if (!act.exposure && !act.takesFromBaseline) await undoAct(run, act);
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

/** An undo that a stop overtook is not begun a second time beside itself: it stops at a safe place first. */
async function untilUndosEnded(run: Run): Promise<void> {
  const { undos } = run.underWay;
  for (const undo of undos) undo.cancel();
  for (const undo of undos) while (!undo.result) await listen(run, undefined, undo);
  undos.clear();
}

/** One undo, tried for long; an operator decides when it still fails. What is undone already stays so. */
async function undoAct(run: Run, act: Act, begun?: Running<Restored>): Promise<void> {
  const { state } = run;
  const step = stepState(run, act.id);
  if (step.status === 'undone' || step.status === 'skipped') return;
  for (let running = begun; ; running = undefined) {
    if (state.stuck?.step !== act.id) {
      if (!running) await haltWhenAsked(run, act.id);
      running ??= beginUndo(run, act);
      const result = await attended(run, running);
      run.underWay.undos.delete(running);
      if (result.ok) {
        step.status = 'undone';
        if (result.value.drift) showDrift(run, act, result.value.drift);
        record(run, 'undone', describeUndo(act), {
          step: act.id,
          epoch: step.epoch,
          evidence: result.value.evidence,
        });
        return;
      }
      await haltWhenAsked(run, act.id);
      step.problem = result.error;
    }
    const { choice, by, reason } = await askOperator(run, {
      step: act.id,
      problem: `its undo failed: ${step.problem ?? 'nobody knows why any more'}`,
      choices: ['retry', 'skip', 'halt'],
    });
    if (choice === 'halt') throw new Halt(`${by} halted the rollback at ${act.id}: ${reason}`);
    if (choice === 'skip') {
      step.status = 'skipped';
      record(run, 'undone', `skipped by ${by}: ${reason}`, { step: act.id, by });
      return;
    }
  }
}

/** Between two undos is the one safe place to end a rollback. */
export async function haltWhenAsked(run: Run, at: string): Promise<void> {
  const { haltAsked } = run.state;
  if (!haltAsked) return;
  await untilUndosEnded(run);
  throw new Halt(`${haltAsked.by} halted the rollback at ${at}: ${haltAsked.reason}`);
}

function beginUndo(run: Run, act: Act): Running<Restored> {
  const step = stepState(run, act.id);
  step.status = 'undoing';
  record(run, 'undo-started', describeUndo(act), { step: act.id, epoch: step.epoch });
  const running = startUndo(run, act);
  run.underWay.undos.add(running);
  return running;
}

function startUndo(run: Run, act: Act): Running<Restored> {
  const { effects, plan, state } = run;
  const key = keyOf(run, act.id);
  const { undo } = act;
  switch (undo.type) {
    case 'restore': {
      const capture = state.captures[act.target];
      if (!capture) throw new TypeError(`${act.target} was captured before its first act`);
      return effects.perform('restore', { act, capture, key }, plan.deadlines.undo);
    }
    case 'act':
      return asRestored(effects.perform('undo', { act, action: undo.do, key }, plan.deadlines.undo));
    case 'nothing':
    case 'irreversible':
      return {
        result: { ok: true, value: { evidence: { because: undo.because } } },
        cancel: () => undefined,
      };
  }
}

function asRestored(running: Running<Restored['evidence']>): Running<Restored> {
  return {
    get result() {
      const { result } = running;
      return result?.ok ? { ok: true as const, value: { evidence: result.value } } : result;
    },
    cancel: () => running.cancel(),
  };
}

function describeUndo(act: Act): string {
  switch (act.undo.type) {
    case 'restore':
      return `${act.target} back to its captured state`;
    case 'act':
      return `${act.undo.do.kind} takes ${act.do.kind} back`;
    case 'nothing':
    case 'irreversible':
      return act.undo.because;
  }
}

/** Each exposure target goes to its first capture in one hop, whatever the number of acts that raised it. */
async function restoreExposure(
  run: Run,
  progress: Progress,
  exposing: readonly Act[],
  onBegun: () => void = () => undefined,
): Promise<void> {
  const { state, effects } = run;
  const latest = new Map<Target, Act>();
  for (const act of exposing) if (!latest.has(act.target)) latest.set(act.target, act);
  const open = [...latest.values()].filter(({ id }) => !isTakenBack(run, id));
  if (open.length === 0) return onBegun();
  await haltWhenAsked(run, 'exposure');
  // All begin before any is waited for: a target that resists does not keep the others exposed.
  const begun = open.map((act) => ({
    act,
    running: state.stuck?.step === act.id ? undefined : beginUndo(run, act),
  }));
  onBegun();
  for (const left = [...begun]; left.length > 0;) {
    const next = await firstToSettle(run, left);
    left.splice(left.indexOf(next), 1);
    await undoAct(run, next.act, next.running);
  }
  for (const act of exposing) {
    stepState(run, act.id).status = stepState(run, latest.get(act.target)!.id).status;
  }
  // Skipped by an operator it is still exposed, and nothing may say otherwise.
  if (open.some(({ id }) => stepState(run, id).status === 'skipped')) return;
  state.exposure = 0;
  progress.exposureRestoredAt = effects.now();
}

/** What went back counts as soon as it did; an operator is asked about the others when all have ended. */
async function firstToSettle<U extends { readonly running: Running<Restored> | undefined }>(
  run: Run,
  left: readonly U[],
): Promise<U> {
  for (;;) {
    const done = left.find(({ running }) => running?.result?.ok);
    const open = left.flatMap(({ running }) => (running && !running.result ? [running] : []));
    const next = done ?? (open.length === 0 ? left[0] : undefined);
    if (next) return next;
    await listen(run, undefined, firstOf(open));
  }
}

/** Ends as soon as one of them does. */
function firstOf(all: readonly Running<unknown>[]): Running<unknown> {
  return {
    get result() {
      return all.find(({ result }) => result)?.result;
    },
    cancel: () => undefined,
  };
}

function isTakenBack(run: Run, id: string): boolean {
  const { status } = stepState(run, id);
  return status === 'undone' || status === 'skipped';
}

/** Requests that began under the old exposure end before anything they need is taken away. */
async function drain(run: Run, progress: Progress, undone: readonly Act[]): Promise<void> {
  if (progress.exposureRestoredAt === undefined) return;
  const until = progress.exposureRestoredAt + Math.max(0, ...undone.map((act) => act.exposure?.drain ?? 0));
  while (run.effects.now() < until) await listen(run, until);
}
