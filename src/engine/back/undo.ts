import { showDrift } from './drift.js';
import type { Act } from '../plan/plan.js';
import type { Running } from '../state/ports.js';
import type { Restored } from '../state/values.js';
import { keyOf, record, stepState, type Run } from '../state/run.js';
import type { Resolved } from '../state/state.js';

/** How long an undo is tried. */
export interface Trying {
  readonly within: number;
  /** Attempts after which it has failed; as many as there is time for when absent. */
  readonly tries?: number;
}

/** Starts an undo, and keeps it where a stop finds it. */
export function beginUndo(
  run: Run,
  act: Act,
  trying: Trying = { within: run.plan.deadlines.undo },
): Running<Restored> {
  const step = stepState(run, act.id);
  step.status = 'undoing';
  record(run, 'undo-started', describeUndo(act), { step: act.id, epoch: step.epoch });
  const running = startUndo(run, act, trying);
  run.underWay.undos.add(running);
  return running;
}

/** What an undo did, once it has ended well. */
export function recordUndone(run: Run, act: Act, { drift, evidence }: Restored): void {
  const step = stepState(run, act.id);
  step.status = 'undone';
  delete step.problem;
  if (drift) showDrift(run, act, drift);
  record(run, 'undone', describeUndo(act), { step: act.id, epoch: step.epoch, evidence });
}

/** An operator leaves an undo out. */
export function recordSkipped(run: Run, act: Act, { by, reason }: Pick<Resolved, 'by' | 'reason'>): void {
  stepState(run, act.id).status = 'skipped';
  record(run, 'undone', `skipped by ${by}: ${reason}`, { step: act.id, by });
}

function startUndo(run: Run, act: Act, { within, tries }: Trying): Running<Restored> {
  const { effects, state } = run;
  const key = keyOf(run, act.id);
  const { undo } = act;
  switch (undo.type) {
    case 'restore': {
      const capture = state.captures[act.target];
      if (!capture) throw new TypeError(`${act.target} was captured before its first act`);
      return effects.perform('restore', { act, capture, key }, within, tries);
    }
    case 'act':
      return asRestored(effects.perform('undo', { act, action: undo.do, key }, within, tries));
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
