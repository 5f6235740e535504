import { record, type Run } from './run.js';
import { Retreat } from './stop.js';

/**
 * The workflow was reset: its history ends here, but what it did since is done. Some users may have a candidate of which
 * this run knows nothing and which nobody judges, so exposure goes back first. Throws `Retreat`, unless the rollout is on
 * a way already that takes nothing on trust.
 */
export function noticeReset(run: Run): void {
  const { state } = run;
  record(run, 'reset', 'its workflow was reset to here; what it did since stands in the records alone');
  // What goes back does so to the captures, however often; past the point of no return it only goes forward.
  if (state.unwinding ?? state.halting ?? state.outcome ?? state.takesBack ?? state.noReturn) return;
  state.forgetful = true;
  throw new Retreat('Temporal', 'its workflow was reset');
}
