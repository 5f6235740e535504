import type { FailurePoint } from '../drill/points.js';
import { execute } from '../engine/execute.js';
import { planDigest } from '../engine/plan/plan-digest.js';
import type { Plan } from '../engine/plan/plan.js';
import { initialState, type Outcome } from '../engine/state/state.js';
import { DrilledRollout } from './drilled-rollout.js';
import type { Targets } from './targets.js';

/** One climb of a drill. */
export interface Climb {
  /** What stands for the environment: `memory` or `local`. */
  readonly environment: string;
  /** The first is 1; each is a rollout of its own. */
  readonly number: number;
  /** Milliseconds since the epoch; 0 when absent. */
  readonly startsAt?: number;
}

/** Carries a plan out on targets, until it fails at the point, and back; to its end when there is no point. */
export async function carryOut(
  plan: Plan,
  targets: Targets,
  point: FailurePoint | undefined,
  { environment, number, startsAt = 0 }: Climb,
): Promise<Outcome> {
  const about = { environment, digest: planDigest(plan), startedBy: 'drill' };
  const state = initialState(plan, { rollout: `rollout/${environment}/${plan.runbook}/${number}`, ...about });
  const outcome = await execute(plan, state, new DrilledRollout(plan, state, targets, startsAt, point));
  if (outcome === 'renewal') throw new TypeError('nothing renews in a drill');
  return outcome;
}
