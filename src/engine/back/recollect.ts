import { attended } from '../listen/attention.js';
import { fenceLeftovers } from './leftovers.js';
import { askOperator } from '../listen/operator.js';
import { actsOf, mostExposed, stepsOf } from '../plan/plan.js';
import { notify, record, stepState, type Run } from '../state/run.js';
import { whyNotHeld } from '../listen/scope.js';
import { Halt, RollBack } from '../state/interruptions.js';
import type { Past } from '../state/values.js';

/**
 * Reads from the records what a rollout had done before its workflow was reset, and keeps what the run before may still
 * have under way from landing. Does nothing when the history is whole.
 *
 * @throws Halt when there is no going on, neither forward nor back: it had ended, or passed the point of no return
 * @throws RollBack when it was taking everything back: some of what it would climb on may be gone
 */
export async function recollect(run: Run): Promise<void> {
  const { state, plan } = run;
  if (!state.forgetful && !state.mayBeOver) return;
  // Asked in an earlier run. What is left open here would be taken for a question about an undo.
  if (state.stuck) await askAgain(run, state.stuck.step, state.stuck.problem);
  const past = await readPast(run);
  if (past.over !== undefined) {
    notify(run, 'incident', past.over);
    throw new Halt(past.over);
  }
  if (past.started.length > 0 || state.lock?.status === 'granted') await requireScope(run);
  delete state.mayBeOver;
  if (!state.forgetful) return;
  goOnFrom(run, past);
  await fenceLeftovers(run, (act, problem) => askAgain(run, act.id, problem));
  const fenced = actsOf(plan).filter(({ undo }) => undo.type === 'irreversible');
  for (const { id } of fenced) stepState(run, id).epoch += 1;
  delete state.forgetful;
  if (past.unwinding !== undefined && !state.unwinding) {
    throw new RollBack({ type: 'reset', reason: past.unwinding });
  }
}

async function readPast(run: Run): Promise<Past> {
  const { effects, plan, state } = run;
  const { rollout, digest } = state;
  const at = cursorOf(run);
  for (;;) {
    const result = await attended(
      run,
      effects.perform('recollect', { rollout, digest }, plan.deadlines.undo),
    );
    if (result.ok) return result.value;
    await askAgain(run, at, `what it did before it was reset cannot be read: ${result.error}`);
  }
}

/** Whoever had its scope since may have taken back what it did, or built on it: a rescue, or another rollout. */
async function requireScope(run: Run): Promise<void> {
  for (let lost = await whyNotHeld(run); lost !== undefined; lost = await whyNotHeld(run)) {
    await askAgain(run, cursorOf(run), `its scope may be in other hands since it was reset: ${lost}`);
  }
}

function cursorOf({ plan, state }: Run): string {
  return stepsOf(plan)[state.cursor]?.step.id ?? 'the end';
}

async function askAgain(run: Run, step: string, problem: string): Promise<void> {
  const { choice, by, reason } = await askOperator(run, { step, problem, choices: ['retry', 'halt'] });
  if (choice === 'halt') throw new Halt(`${by} halted at ${step}: ${reason}; ${problem}`);
}

/** What was done before counts as done, under the newest try there was. */
function goOnFrom(run: Run, { started, epochs, captures, house }: Past): void {
  const { state, plan } = run;
  // What is captured is not checked again, and it is the check that tells this otherwise.
  state.house = { ...state.house, ...house };
  for (const capture of captures) {
    if (state.captures[capture.target]) continue;
    state.captures[capture.target] = capture;
    const reason = `the known-good state of ${capture.target}, as it was before the reset`;
    record(run, 'captured', reason, { evidence: capture.state });
  }
  for (const { step } of stepsOf(plan)) {
    const epoch = epochs[step.id];
    if (epoch === undefined) continue;
    const known = stepState(run, step.id);
    known.epoch = Math.max(known.epoch, step.type === 'gate' ? epoch + 1 : epoch);
  }
  for (const id of started) stepState(run, id).status = 'done';
  state.started = [...new Set([...state.started, ...started])];
  state.exposure = Math.max(state.exposure, mostExposed(plan, started));
}
