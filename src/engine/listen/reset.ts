import { record, type Run } from '../state/run.js';
import { Reset, Retreat, RollBack } from '../state/interruptions.js';

/**
 * The workflow was reset: its history ends here, but what it did since is done. Some users may have a candidate of which
 * this run knows nothing and which nobody judges, so exposure goes back first: throws `Retreat`. What is taken back
 * already may have ended, and its targets be in other hands: throws `Reset`. Past the point of no return it throws `RollBack`,
 * by which an operator is asked, unless that is so already.
 */
export function noticeReset(run: Run): void {
  const { state } = run;
  record(run, 'reset', 'its workflow was reset to here; what it did since stands in the records alone');
  if (state.halting ?? state.outcome) return;
  if (state.unwinding ?? state.reverts) {
    state.mayBeOver = true;
    // Tried again, its undo asks again: an answer to it is not to be taken for one about the records.
    delete state.stuck;
    throw new Reset();
  }
  if (state.noReturn) throw new RollBack({ type: 'halted', reason: 'its workflow was reset' });
  state.forgetful = true;
  throw new Retreat('Temporal', 'its workflow was reset');
}
