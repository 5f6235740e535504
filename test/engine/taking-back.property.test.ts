import { describe, expect, it } from 'vitest';
import { recallRollout } from '../../activities/records/recall.js';
import { chainEntry, type JournalEvent } from '../../src/engine/state/journal.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { stateOfRecalled } from '../../src/engine/state/recalled.js';
import type { Reverts } from '../../src/engine/state/reverts.js';
import type { Terminated } from '../support/world.js';
import { demand, endingOf, everyRun } from '../support/world/property.js';
import type { Capture } from '../../src/engine/state/values.js';

const rollout = 'rollout/test/sample/1';
const reverts: Reverts = { rollout, kind: 'rescue', by: 'olga', reason: 'it was terminated' };

/** Terminated at a moment, with the newest events not exported yet. */
function terminated(at: number, lost: number): Terminated {
  return {
    at,
    async recall(plan: Plan, events: readonly JournalEvent[], captures: readonly Capture[]) {
      const exported = events.slice(0, Math.max(1, events.length - lost));
      const recalled = await recallRollout(reverts, {
        journal: { read: () => Promise.resolve(exported.map((event) => chainEntry(rollout, event, ''))) },
        captures: { list: () => Promise.resolve([...captures]) },
        plans: { get: () => Promise.resolve(plan) },
      }).catch(() => undefined);
      if (!recalled) return undefined;
      const own = { rollout: `${rollout}-rescue`, environment: 'test', startedBy: 'olga', reverts };
      return stateOfRecalled(recalled, own);
    },
  };
}

describe('a terminated rollout is rescued from the records', () => {
  it.each([0, 1, 4, 40])(
    'whenever it was terminated, also when the last %s events were not exported (300 runs)',
    async (lost) => {
      let at = 0;
      const counts = await everyRun(
        {
          runs: 300,
          script: { faults: false, meddling: false, trouble: false, outages: false },
          plan: { exposes: true },
          // Acts take their time: what was under way lands after the termination.
          change: (script) => ({
            ...script,
            behaviours: { apply: { takes: 4_000 } },
            terminated: terminated((at = (at + 7_919) % 200_000), lost),
          }),
        },
        (world) => {
          const { state } = world;
          if (!state.reverts) return [];
          const ending = endingOf(world);
          if (world.gone()) {
            expect(ending, 'nothing is taken back past the point of no return').toBe('halted');
            return ['past the point of no return'];
          }
          expect(ending).toBe('rolled-back');
          expect(world.after()).toBe(world.before);
          return ['rescued'];
        },
      );
      demand(counts, { rescued: 100 });
    },
  );
});
