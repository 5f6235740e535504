import type { Targets } from '../targets.js';
import type { World } from './world.js';

/** What adapters do, done to a world in memory. */
export function targetsIn(world: World): Targets {
  return {
    resolve: async () => ({}),
    check: async () => ({ evidence: {} }),
    capture: async ({ act: { target } }) => ({ target, at: 0, state: world.read(target) }),
    async apply({ act, key }) {
      world.apply(act, key);
      return {};
    },
    async undo({ act, action, key }) {
      world.undo(act, action, key);
      return {};
    },
    async restore({ act, capture, key }) {
      world.restore(act, capture, key);
      return { evidence: {} };
    },
    observe: async () => ({ asked: false, evidence: {} }),
    fence: async ({ key }) => ({ effect: world.fence(key) }),
    verify: async ({ capture }) => world.verify(capture),
  };
}
