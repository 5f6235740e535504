import { pause } from './attention.js';
import type { Resolution } from './messages.js';
import { notify, record, type Run } from './run.js';

/** Calls someone and waits, however long, for an operator's choice. */
export async function askOperator(
  run: Run,
  question: { step: string; problem: string; choices: readonly Resolution[] },
): Promise<{ choice: Resolution; by: string; reason: string }> {
  const { state } = run;
  const before = state.status;
  const stuck: NonNullable<typeof state.stuck> = { ...question, since: run.effects.now() };
  state.stuck = stuck;
  state.status = 'needs-operator';
  record(run, 'needs-operator', `${question.problem}; choose ${question.choices.join(', ')}`, {
    step: question.step,
  });
  notify(run, 'incident', `needs an operator at ${question.step}: ${question.problem}`);
  try {
    while (!stuck.resolution) await pause(run);
  } finally {
    delete state.stuck;
    state.status = before;
  }
  return stuck.resolution;
}
