import { attended } from './attention.js';
import { fenceLeftovers } from './leftovers.js';
import { askOperator } from './operator.js';
import { actsOf, stepsOf } from './plan.js';
import type { Past } from './ports.js';
import { notify, record, stepState, type Run } from './run.js';
import { Halt } from './stop.js';

/**
 * Reads from the records what a rollout had done before its workflow was reset, and keeps what the run before may still
 * have under way from landing. Does nothing when the history is whole.
 *
 * @throws Halt when there is no going on, neither forward nor back: it had ended, or passed the point of no return
 */
export async function recollect(run: Run): Promise<void> {
  const { state, plan } = run;
  if (!state.forgetful) return;
  const past = await readPast(run);
  if (past.over !== undefined) {
    notify(run, 'incident', past.over);
    throw new Halt(past.over);
  }
  takeOver(run, past);
  await fenceLeftovers(run, (act, problem) => askAgain(run, act.id, problem));
  const fenced = actsOf(plan).filter(({ undo }) => undo.type === 'irreversible');
  for (const { id } of fenced) stepState(run, id).epoch += 1;
  delete state.forgetful;
}

async function readPast(run: Run): Promise<Past> {
  const { effects, plan, state } = run;
  const { rollout, digest } = state;
  for (;;) {
    const result = await attended(
      run,
      effects.perform('recollect', { rollout, digest }, plan.deadlines.undo),
    );
    if (result.ok) return result.value;
    const at = stepsOf(plan)[state.cursor]?.step.id ?? 'the end';
    await askAgain(run, at, `what it did before it was reset cannot be read: ${result.error}`);
  }
}

async function askAgain(run: Run, step: string, problem: string): Promise<void> {
  const { choice, by, reason } = await askOperator(run, { step, problem, choices: ['retry', 'halt'] });
  if (choice === 'halt') throw new Halt(`${by} halted at ${step}: ${reason}; ${problem}`);
}

/** What was done before counts as done, under the newest try there was. */
function takeOver(run: Run, { started, epochs, captures }: Past): void {
  const { state, plan } = run;
  for (const capture of captures) {
    if (state.captures[capture.target]) continue;
    state.captures[capture.target] = capture;
    const reason = `the known-good state of ${capture.target}, as it was before the reset`;
    record(run, 'captured', reason, { evidence: capture.state });
  }
  for (const id of started) {
    const step = stepState(run, id);
    step.status = 'done';
    step.epoch = Math.max(step.epoch, epochs[id] ?? 0);
  }
  state.started = [...new Set([...state.started, ...started])];
  const percents = actsOf(plan).flatMap(({ id, exposure }) =>
    started.includes(id) && exposure ? [exposure.percent] : [],
  );
  state.exposure = Math.max(state.exposure, ...percents);
}
