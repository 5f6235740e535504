import { formatDuration } from '../base/duration.js';
import { notify, record, type Run } from '../state/run.js';
import type { Retreating, Unwinding } from '../state/state.js';

/** Milliseconds that exposure may take to go back until somebody is called. */
const backWithin = 5_000;

/** Exposure is on its way back, and has not arrived. */
function onItsWay({ state }: Run): Unwinding | Retreating | undefined {
  const taking = state.unwinding ?? state.retreating;
  return state.exposure > 0 && taking?.exposureRestoredAt === undefined ? taking : undefined;
}

/** When somebody is called, whatever keeps exposure from going back. */
export function callDeadline(run: Run): number | undefined {
  const taking = run.state.outcome ? undefined : onItsWay(run);
  return taking && !taking.called ? taking.since + backWithin : undefined;
}

/** Calls somebody when exposure should be back by now. */
export function reviewExposure(run: Run): void {
  const due = callDeadline(run);
  if (due !== undefined && run.effects.now() >= due) callStillExposed(run, whatKeepsIt(run));
}

/** People have the candidate who should not have it any more: somebody is called, once. Answers whether. */
export function callStillExposed(run: Run, problem: string): boolean {
  const taking = onItsWay(run);
  if (!taking || taking.called) return false;
  taking.called = true;
  const { exposure } = run.state;
  const text = `${exposure} % could NOT be taken back: ${problem}`;
  record(run, 'still-exposed', text);
  notify(run, 'incident', `${text}. It is tried again all the time`, { kind: 'still-exposed', exposure });
  return true;
}

/** Whoever was called hears that it is over. */
export function sayBack(run: Run, taking: Unwinding | Retreating): void {
  if (!taking.called) return;
  const length = formatDuration(run.effects.now() - taking.since);
  notify(run, 'news', `exposure is back, after ${length}`, { kind: 'still-exposed', exposure: 0 });
}

function whatKeepsIt({ state }: Run): string {
  const undoing = Object.entries(state.steps).filter(([, { status }]) => status === 'undoing');
  const [step, { problem } = {}] = undoing.find(([, one]) => one.problem) ?? undoing[0] ?? [];
  if (step === undefined) return `it has not begun after ${formatDuration(backWithin)}`;
  return problem ?? `the undo of ${step} has not ended after ${formatDuration(backWithin)}`;
}
