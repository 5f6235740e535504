import type { FailurePoint } from '../../drill/points.js';
import type { Mutant } from '../../drill/mutants.js';
import type { Plan } from '../../engine/plan/plan.js';
import type { Outcome } from '../../engine/state/state.js';
import { carryOut } from '../carry-out.js';
import type { MemorySystem } from './system.js';
import { targetsIn } from './targets.js';
import { World } from './world.js';

/**
 * Drills one point of a plan in memory: down, once more down, up again to the same point and down again.
 *
 * @param spoilt a way back of the plan that does not do what it says
 * @returns what is wrong, each in one sentence; empty when the plan came back
 */
export async function drillPoint(
  plan: Plan,
  point: FailurePoint,
  systems: readonly MemorySystem[] = [],
  spoilt?: Mutant,
): Promise<readonly string[]> {
  const world = new World(plan, systems, spoilt);
  const before = world.all();
  const first = await climb(plan, world, point, 1);
  const faults = faultsOf(point, first, before, world);
  if (faults.length > 0 || point.expects === 'halted') return faults;
  world.goBackAgain();
  if (world.all() !== before) return [`taken back once more it is ${world.all()}, not ${before}`];
  const second = await climb(plan, world, point, 2);
  return faultsOf(point, second, before, world).map((fault) => `on the second climb, ${fault}`);
}

/** What keeps a plan from its end when nothing fails; undefined when it gets there. */
export async function drillCompletion(
  plan: Plan,
  systems: readonly MemorySystem[] = [],
): Promise<string | undefined> {
  const outcome = await climb(plan, new World(plan, systems), undefined, 1);
  return outcome.type === 'completed' ? undefined : `it does not get to its end: ${outcome.reason}`;
}

function climb(plan: Plan, world: World, point: FailurePoint | undefined, number: number): Promise<Outcome> {
  return carryOut(plan, targetsIn(world), point, { environment: 'memory', number });
}

function faultsOf(point: FailurePoint, outcome: Outcome, before: string, world: World): string[] {
  if (outcome.type !== point.expects)
    return [`it ends ${outcome.type}, not ${point.expects}: ${outcome.reason}`];
  if (point.expects === 'halted' || world.all() === before) return [];
  return [`it is called ${outcome.type}, and is ${world.all()}, not ${before}`];
}
