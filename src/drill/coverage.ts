import { failurePointsOf, pointName, type FailurePoint } from './points.js';
import { digestOf } from '../engine/base/digest.js';
import type { Json } from '../engine/base/json.js';
import { stepsOf, type ContractStep, type Plan } from '../engine/plan/plan.js';

/** The points that a drill has to cover: those from which there is a way back. */
export function pointsToCover(plan: Plan): readonly FailurePoint[] {
  return failurePointsOf(plan).filter(({ pastReturn }) => !pastReturn);
}

/** Points to cover that are not among those proven, in the order of the plan. */
export function unproven(plan: Plan, proven: readonly string[]): readonly FailurePoint[] {
  return pointsToCover(plan).filter((point) => !proven.includes(pointName(point)));
}

/**
 * Points proven divided by points to cover, 0 to 1. A plan without such points has nothing to prove, and so proves
 * nothing: 0.
 */
export function coverageOf(plan: Plan, proven: readonly string[]): number {
  const points = pointsToCover(plan);
  return points.length === 0 ? 0 : (points.length - unproven(plan, proven).length) / points.length;
}

/**
 * The digest of what a drill proves: every step up to the point of no return, without the words for people and without
 * how long anything takes. A drill goes stale when it changes, and not when a window is made longer.
 */
export function reversibleDigest(plan: Plan): string {
  const steps = stepsOf(plan).map(({ step }) => step);
  const end = steps.findIndex((step) => step.type === 'act' && step.undo.type === 'irreversible');
  const reversible = end < 0 ? steps : steps.slice(0, end);
  return digestOf({ scope: plan.scope, steps: reversible.map(provenOf) });
}

function provenOf(step: ContractStep): Json {
  switch (step.type) {
    case 'act': {
      const { id, target, do: action, undo, exposure, removesFromBaseline, recheck, onFailure } = step;
      const undoes = undo.type === 'act' ? { type: undo.type, do: undo.do } : { type: undo.type };
      const given = { exposure: exposure?.percent, removesFromBaseline, recheck, onFailure };
      return JSON.parse(JSON.stringify({ id, target, do: action, undo: undoes, ...given })) as Json;
    }
    case 'watch':
      return { id: step.id };
    case 'gate':
      return { id: step.id, onExpiry: step.approval.onExpiry };
  }
}
