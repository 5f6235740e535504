import type { Plan } from '../../../src/engine/plan/plan.js';
import type { RolloutState } from '../../../src/engine/state/state.js';
import { statusOf } from '../../../src/engine/state/status.js';
import { why } from '../../../src/engine/tell/why.js';

/** What `why` fails to say of a rollout that waits. */
export function silencesOf(plan: Plan, state: RolloutState): string[] {
  const answer = why(plan, state);
  const where = `${statusOf(state)}, step ${state.cursor}`;
  const faults: string[] = [];
  if (state.outcome) return faults;
  if (!answer.waitingFor) faults.push(`${where}: waits for nothing`);
  if (!answer.clears) faults.push(`${where}: nothing clears it`);
  if (!answer.next) faults.push(`${where}: nothing is next`);
  const needsPeople = state.stuck ?? state.gate ?? state.hold?.asked;
  if (needsPeople && !state.unwinding && answer.who.length === 0) faults.push(`${where}: nobody may act`);
  if (state.noReturn && /roll(s|ed)?[ -]back/.test(answer.next)) {
    faults.push(`${where}: promises to roll back past the point of no return: ${answer.next}`);
  }
  return faults;
}
