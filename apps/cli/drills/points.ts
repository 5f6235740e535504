import { pointsToCover } from '../../../src/drill/coverage.js';
import { failurePointsOf, pointName } from '../../../src/drill/points.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { Refusal } from '../../client/client.js';

/** Refuses a plan that has no way back, and points that it does not have; names those it has. */
export function refuseUnknownPoints(plan: Plan, points: readonly string[] = []): void {
  if (pointsToCover(plan).length === 0) {
    throw new Refusal(
      `the plan of ${plan.runbook}`,
      'has no point from which there is a way back',
      'there is nothing to drill: give it acts that can be taken back',
    );
  }
  const names = failurePointsOf(plan).map(pointName);
  const unknown = points.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new Refusal(`point ${unknown}`, `is none of ${plan.runbook}`, `use one of: ${names.join('; ')}`);
}
