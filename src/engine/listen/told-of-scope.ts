import type { Run } from '../state/run.js';
import type { LockAnswer } from '../state/values.js';

/**
 * What is said of the scope without having been asked for. Anybody can send it, so leave and refusal are only a reason to
 * ask again; who stands in front is shown, and decides nothing. One who has the scope is told nothing new.
 */
export function hearOfScope({ state }: Run, told: LockAnswer): void {
  if (state.lock?.status === 'granted' || state.lock?.status === 'refused') return;
  if (told.status !== 'queued') state.lockMayHaveChanged = true;
  else if (state.lock) state.lock = told;
}
