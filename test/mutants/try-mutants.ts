import { drillPointLocally } from '../../apps/testing/local/drill-point.js';
import { explain } from '../../apps/testing/local/explain.js';
import type { LocalStage } from '../../apps/testing/local/stage.js';
import { mutantName, mutantsOf, mutated, type Mutant } from '../../src/drill/mutants.js';
import { failurePointsOf, pointName, type FailurePoint } from '../../src/drill/points.js';
import { stepsOf, type Plan } from '../../src/engine/plan/plan.js';

/** What became of one mutant. */
export interface Tried {
  readonly mutant: string;
  /** The point at which the drill turned red. Absent when it stayed green at all of them. */
  readonly killedAt?: string;
}

/** Points from which a plan has to come back. */
export function pointsBack(plan: Plan): readonly FailurePoint[] {
  return failurePointsOf(plan).filter(({ expects }) => expects === 'rolled-back');
}

/** Throws when the drill is red without a mutant: then it would be so with each, and prove nothing. */
export async function requireGreen(stage: LocalStage, plan: Plan): Promise<void> {
  for (const point of pointsBack(plan)) {
    const faults = await drillPointLocally(stage, plan, point);
    if (faults.length > 0) throw new Error(`without any mutant, ${explain(plan, point, faults)}`);
  }
}

/** Drills a plan with one way back spoilt, until a point is red. */
export async function tryMutant(stage: LocalStage, plan: Plan, mutant: Mutant): Promise<Tried> {
  const spoilt = mutated(plan, mutant);
  for (const point of likelyFirst(spoilt, mutant)) {
    const faults = await drillPointLocally(stage, spoilt, point, mutant);
    if (faults.length > 0) return { mutant: mutantName(mutant), killedAt: pointName(point) };
  }
  return { mutant: mutantName(mutant) };
}

/** All mutants of a plan, one after the other. */
export async function tryMutants(
  stage: LocalStage,
  plan: Plan,
  onTried: (tried: Tried) => void = () => undefined,
): Promise<readonly Tried[]> {
  const all: Tried[] = [];
  for (const mutant of mutantsOf(plan)) {
    const tried = await tryMutant(stage, plan, mutant);
    onTried(tried);
    all.push(tried);
  }
  return all;
}

/** Where the spoilt act has just had its effect its way back counts most; before it began, it is not gone at all. */
function likelyFirst(plan: Plan, { act }: Mutant): readonly FailurePoint[] {
  const order = stepsOf(plan).map(({ step }) => step.id);
  const at = order.indexOf(act);
  const rank = ({ step, failure }: FailurePoint): number => {
    if (step === act && failure === 'after-effect') return 0;
    return order.indexOf(step) >= at ? 1 : 2;
  };
  return [...pointsBack(plan)].sort((a, b) => rank(a) - rank(b));
}
