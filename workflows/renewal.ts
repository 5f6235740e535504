import type { Plan } from '../src/engine/plan.js';
import type { RolloutState } from '../src/engine/state.js';
import type { RolloutInput } from './protocol.js';

/** A payload may have 2 MB: what is older stands in the exported journal. */
const mostEvents = 2_000;
const mostDecisions = 1_000;

/** What the next run is started with: everything the rollout knows, with the oldest of its records left out. */
export function carriedOver(input: RolloutInput, plan: Plan, state: RolloutState): RolloutInput {
  const { format, environment, startedBy, wait, continueAfter } = input;
  return {
    format,
    environment,
    startedBy,
    ...(wait === false && { wait }),
    ...(continueAfter !== undefined && { continueAfter }),
    plan,
    digest: state.digest,
    state: {
      ...state,
      journal: state.journal.slice(-mostEvents),
      decisions: Object.fromEntries(Object.entries(state.decisions).slice(-mostDecisions)),
    },
  };
}
