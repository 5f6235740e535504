import { failurePointsOf, pointName, type FailurePoint } from '../../../src/drill/points.js';
import type { Plan } from '../../../src/engine/plan/plan.js';

/** A point of a plan by its name. */
export function pointOf(plan: Plan, name: string): FailurePoint {
  const point = failurePointsOf(plan).find((one) => pointName(one) === name);
  if (!point) throw new TypeError(`${name} is no point of the plan`);
  return point;
}
