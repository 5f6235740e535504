import { rest } from './attention.js';
import type { Resolution } from './messages.js';
import { notify, record, type Run } from './run.js';
import type { Resolved } from './state.js';

/** Calls someone and waits, however long, for an operator's choice. A question that is open already is not asked twice. */
export async function askOperator(
  run: Run,
  question: { step: string; problem: string; choices: readonly Resolution[] },
): Promise<Resolved> {
  const { state } = run;
  if (state.stuck?.step !== question.step) {
    state.stuck = { ...question, since: run.effects.now() };
    record(run, 'needs-operator', `${question.problem}; choose ${question.choices.join(', ')}`, {
      step: question.step,
    });
    notify(run, 'incident', `needs an operator at ${question.step}: ${question.problem}`);
  }
  const { stuck } = state;
  while (!stuck.resolution) await rest(run);
  delete state.stuck;
  return stuck.resolution;
}
