import { describe, expect, it } from 'vitest';
import { recallRollout } from '../../activities/records/recall.js';
import { planDigest } from '../../src/engine/digest.js';
import { chainEntry, type JournalEvent } from '../../src/engine/journal.js';
import type { Plan } from '../../src/engine/plan.js';
import type { Capture } from '../../src/engine/ports.js';
import { initialState } from '../../src/engine/state.js';
import type { TakesBack } from '../../src/engine/takes-back.js';
import type { Terminated } from '../support/world.js';
import { demand, endingOf, everyRun } from '../support/world/property.js';

const rollout = 'rollout/test/sample/1';
const takesBack: TakesBack = { rollout, kind: 'rescue', by: 'olga', reason: 'it was terminated' };

/** Terminated at a moment, with the newest events not exported yet. */
function terminated(at: number, lost: number): Terminated {
  return {
    at,
    async recall(plan: Plan, events: readonly JournalEvent[], captures: readonly Capture[]) {
      const exported = events.slice(0, Math.max(1, events.length - lost));
      const recalled = await recallRollout(takesBack, {
        journal: { read: () => Promise.resolve(exported.map((event) => chainEntry(rollout, event, ''))) },
        captures: { list: () => Promise.resolve([...captures]) },
        plans: { get: () => Promise.resolve(plan) },
      }).catch(() => undefined);
      if (!recalled) return undefined;
      const state = initialState(plan, {
        rollout: `${rollout}-rescue`,
        environment: 'test',
        digest: planDigest(plan),
        startedBy: 'olga',
        takesBack,
      });
      state.started = [...recalled.started];
      state.exposure = recalled.exposure;
      for (const id of recalled.started)
        state.steps[id] = { status: 'done', epoch: recalled.epochs[id] ?? 0 };
      for (const capture of recalled.captures) state.captures[capture.target] = capture;
      return state;
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
          if (!state.takesBack) return [];
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
