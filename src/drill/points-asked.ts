import { Refusal } from '../engine/base/errors.js';
import type { Plan } from '../engine/plan/plan.js';
import { pointsToCover } from './coverage.js';
import { failurePointsOf, pointName, type FailurePoint } from './points.js';

/**
 * The points of a plan that somebody names, in the order of the plan; all of them when nobody names any.
 *
 * @throws Refusal for a plan that has no way back, and for a name that it does not have
 */
export function pointsAsked(plan: Plan, names: readonly string[] = []): readonly FailurePoint[] {
  if (pointsToCover(plan).length === 0) {
    throw new Refusal(
      `the plan of ${plan.runbook}`,
      'has no point from which there is a way back',
      'there is nothing to drill: give it acts that can be taken back',
    );
  }
  const all = failurePointsOf(plan);
  if (names.length === 0) return all;
  const known = all.map(pointName);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return all.filter((point) => names.includes(pointName(point)));
  throw new Refusal(`point ${unknown}`, `is none of ${plan.runbook}`, `use one of: ${known.join('; ')}`);
}
