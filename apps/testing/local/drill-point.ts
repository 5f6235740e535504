import type { Mutant } from '../../../src/drill/mutants.js';
import type { FailurePoint } from '../../../src/drill/points.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { carryOut } from '../../../src/testing/carry-out.js';
import type { LocalStage } from './stage.js';
import type { LocalWorld } from './world.js';

/**
 * Drills one point of a plan on real targets: down, once more down, up again to the same point and down again. Each time
 * everything is compared with what stood there before, and with what clients wrote.
 *
 * @param mutant a way back that does not do what it says
 * @returns what is wrong, a sentence each; empty when the plan came back
 */
export async function drillPointLocally(
  stage: LocalStage,
  plan: Plan,
  point: FailurePoint,
  mutant?: Mutant,
): Promise<readonly string[]> {
  const world = await stage.open(mutant);
  try {
    const first = await climbAndFall(world, plan, point, 1);
    if (first.length > 0 || point.expects === 'halted') return first;
    await world.goBackAgain();
    const again = await world.differences();
    if (again.length > 0) return again.map((fault) => `taken back once more, ${fault}`);
    const second = await climbAndFall(world, plan, point, 2);
    return second.map((fault) => `on the second climb, ${fault}`);
  } finally {
    await world.close();
  }
}

/** What keeps a plan from its end when nothing fails; undefined when it gets there. */
export async function drillCompletionLocally(stage: LocalStage, plan: Plan): Promise<string | undefined> {
  const world = await stage.open();
  try {
    const outcome = await climb(world, plan, undefined, 1);
    return outcome.type === 'completed' ? undefined : `it does not get to its end: ${outcome.reason}`;
  } finally {
    await world.close();
  }
}

async function climbAndFall(
  world: LocalWorld,
  plan: Plan,
  point: FailurePoint,
  number: number,
): Promise<string[]> {
  const { type, reason } = await climb(world, plan, point, number);
  const faults = type === point.expects ? [] : [`it ends ${type}, not ${point.expects}: ${reason}`];
  return point.expects === 'halted' ? faults : [...(await world.differences()), ...faults];
}

/** Time begins as it is now: marks of adapters are kept by it. */
function climb(world: LocalWorld, plan: Plan, point: FailurePoint | undefined, number: number) {
  return carryOut(plan, world.targets, point, { environment: 'drill', number, startsAt: Date.now() });
}
