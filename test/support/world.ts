import type { Plan } from '../../src/engine/plan/plan.js';
import type { Script } from './world/script.js';
import type { World } from './world/seen.js';
import { Simulation } from './world/simulation.js';

export { Livelock, Stranded } from './world/ends.js';
export type { Resets, Script, Terminated, WasReset } from './world/script.js';
export type { World } from './world/seen.js';

/** Carries a plan out in a simulated world, until it ends or waits for somebody who does not come. */
export function run(plan: Plan, script: Script = {}): Promise<World> {
  return new Simulation(plan, script).run();
}
