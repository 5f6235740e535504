import { mostExposed, type Plan } from '../plan/plan.js';
import type { Reverts } from './reverts.js';
import { initialState, type RolloutState } from './state.js';
import type { Past } from './values.js';

/** What the records know of a rollout that is to be taken back: what it did, and the plan by which it did it. */
export interface Recalled extends Past {
  readonly plan: Plan;
  readonly digest: string;
}

/** A state in which all that the other rollout may have done waits to be taken back. */
export function stateOfRecalled(
  { plan, digest, started, epochs, captures, things }: Recalled,
  own: Pick<RolloutState, 'rollout' | 'environment' | 'startedBy' | 'wait'> & { readonly reverts: Reverts },
): RolloutState {
  const state = initialState(plan, { ...own, digest });
  state.started = [...started];
  state.exposure = mostExposed(plan, started);
  if (things) state.things = things;
  for (const id of started) state.steps[id] = { status: 'done', epoch: epochs[id] ?? 0 };
  for (const capture of captures) state.captures[capture.target] = capture;
  return state;
}
