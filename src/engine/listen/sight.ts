import { formatDuration } from '../base/duration.js';
import { isOver, notify, type Run } from '../state/run.js';

/**
 * Nobody watches. Nothing seen so far says anything about now: every guard is without evidence until the sentinel speaks
 * again, and nothing is only late any more. Somebody is called when people have the candidate.
 */
export function goBlind(run: Run, reason: string): void {
  const { state, plan, effects } = run;
  if (!state.subscription) return;
  const at = effects.now();
  state.looks = [];
  state.readings = plan.guards.map(({ name }) => ({ guard: name, verdict: 'no-evidence', at, reason }));
  state.warmUntil = Math.min(state.warmUntil, at);
  const { exposure } = state;
  if (state.blind || exposure === 0 || isOver(run) || state.retreating) return;
  state.blind = { since: at };
  const text = `nobody watches it, and ${exposure} % may have the candidate: ${reason}. It holds`;
  notify(run, 'incident', text, { kind: 'blind', exposure });
}

/** The sentinel speaks again. */
export function seeAgain(run: Run): void {
  const { state, effects } = run;
  if (!state.blind) return;
  const length = formatDuration(effects.now() - state.blind.since);
  delete state.blind;
  if (!isOver(run)) notify(run, 'news', `it is watched again, after ${length}`, { kind: 'blind' });
}
