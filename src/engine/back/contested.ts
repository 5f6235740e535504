import { attended } from '../listen/attention.js';
import { forgetLook } from '../listen/looks.js';
import type { Act, Target } from '../plan/plan.js';
import type { Drift } from '../state/look.js';
import { keyOf, record, stepState, type Run } from '../state/run.js';
import type { Retreating, Unwinding } from '../state/state.js';

/** What is kept of a way back: exposure that was put back may be raised again by somebody else. */
export type WayBack = Unwinding | Retreating;

/** So often a target is written within `contestFor`, against somebody who writes it, too: more would only be a fight. */
const mostWrites = 3;
/** Milliseconds for which nobody else may have written a target until it counts as put back. */
export const contestFor = 60_000;

/** Exposure was put back, and is nobody's until it is read again. */
export function noteWrite(run: Run, way: WayBack): void {
  const now = run.effects.now();
  way.writes = [...recentWrites(way, now), now];
}

/** Somebody else raised it: that it was taken back is not true any more. */
export function noteStranger(run: Run, way: WayBack): void {
  way.strangerAt = run.effects.now();
  delete way.exposureRestoredAt;
}

/** An operator has dealt with whoever writes the target, too. */
export function noteSettled(way: WayBack): void {
  way.writes = [];
}

/** Until when somebody who wrote a target may write it again; undefined when nobody was seen to. */
export function contestedUntil({ strangerAt }: WayBack): number | undefined {
  return strangerAt === undefined ? undefined : strangerAt + contestFor;
}

/** Puts exposure back once more. Answers why it did not, if it did not: it failed, or was done often enough. */
export async function writeBack(
  run: Run,
  way: WayBack,
  act: Act,
  drift?: Drift,
): Promise<string | undefined> {
  const { state, effects, plan } = run;
  const capture = state.captures[act.target];
  if (!capture || act.undo.type !== 'restore') return drift?.reason ?? 'it has no capture to go back to';
  if (recentWrites(way, effects.now()).length >= mostWrites) return fought(act.target, drift);
  const { epoch } = stepState(run, act.id);
  record(run, 'undo-started', `${act.target} back to its captured state once more`, { step: act.id, epoch });
  const input = { act, capture, key: keyOf(run, act.id) };
  const result = await attended(run, effects.perform('restore', input, plan.deadlines.undo));
  if (!result.ok) return result.error;
  noteWrite(run, way);
  // What was read before says nothing of what was written since.
  forgetLook(run, act.target);
  way.exposureRestoredAt = effects.now();
  const about = { step: act.id, epoch, evidence: result.value.evidence };
  record(run, 'undone', `${act.target} back to its captured state once more`, about);
  return undefined;
}

function recentWrites({ writes = [] }: WayBack, now: number): number[] {
  return writes.filter((at) => now - at < contestFor);
}

function fought(target: Target, drift?: Drift): string {
  const share = drift?.percent === undefined ? 'an unknown share of users is' : `${drift.percent} % are`;
  return (
    `${share} exposed: somebody else writes ${target}. It was put back ${mostWrites} times within a minute and is not ` +
    `written any more: find and stop who writes it, then retry (${drift?.reason ?? 'who, is not known'})`
  );
}
