import { rest } from './attention.js';
import { notify, record, type Run } from '../state/run.js';
import type { Resolved, Stuck } from '../state/state.js';

/** What an operator is asked. */
type Question = Omit<Stuck, 'since' | 'resolution'>;

/** Asks an operator, and waits for nothing. Whoever asks also calls someone. */
export function openQuestion(run: Run, question: Question): void {
  const { step, problem, choices } = question;
  run.state.stuck = { ...question, since: run.effects.now() };
  record(run, 'needs-operator', `${problem}; choose ${choices.join(', ')}`, { step });
}

/** Calls someone and waits, however long, for an operator's choice. A question that is open already is not asked twice. */
export async function askOperator(run: Run, question: Question): Promise<Resolved> {
  const { state } = run;
  if (state.stuck?.step !== question.step) {
    openQuestion(run, question);
    notify(run, 'incident', `needs an operator at ${question.step}: ${question.problem}`, {
      kind: 'needs-operator',
    });
  }
  const stuck = state.stuck!;
  while (!stuck.resolution) await rest(run);
  delete state.stuck;
  return stuck.resolution;
}
