import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../support/effort.js';
import { run } from '../support/world.js';
import { demand, endingOf, type Counts } from '../support/world/property.js';
import { plans } from '../support/world/plans.js';
import { scripts } from '../support/world/scripts.js';
import type { Capture } from '../../src/engine/state/values.js';

const worlds = plans().chain((plan) => scripts(plan).map((script) => ({ plan, script })));
const moments = fc
  .integer({ min: 1, max: 14 })
  .chain((moment) => fc.record({ moment: fc.constant(moment), to: fc.integer({ min: 0, max: moment }) }));

describe('a rollout whose workflow is reset', () => {
  it.each([0, 1, 4, 40])(
    'never forgets what it had done, also when the last %s events were not exported (400 runs)',
    async (unexported) => {
      const counts: Counts = {};
      const seen = (what: string) => (counts[what] = (counts[what] ?? 0) + 1);
      await fc.assert(
        fc.asyncProperty(worlds, moments, async ({ plan, script }, { moment, to }) => {
          const renews = (nth: number) => nth === moment;
          const world = await run(plan, { ...script, renews, resets: [{ to, unexported }] });
          const { reset, trace } = world;
          if (!reset) return;
          seen('reset');
          seen(endingOf(world));
          if (reset.gone && !reset.knew) {
            seen('past the point of no return');
            expect(world.ended).toMatchObject({ type: 'halted' });
            expect(trace.of('change').filter(({ index }) => index > reset.at)).toEqual([]);
            return;
          }
          if (!reset.knew) expect(reset.appliedWhileExposed ?? false, 'exposed').toBe(false);
          if (endingOf(world) === 'rolled-back' || endingOf(world) === 'refused') {
            expect(world.after()).toBe(world.before);
          }
          for (const { value, ok } of trace.ends('capture')) {
            if (!ok) continue;
            const { target, state } = value as Capture;
            expect(world.state.captures[target]?.state ?? state).toEqual(state);
          }
        }),
        { numRuns: cases(400) },
      );
      demand(counts, { reset: 150, completed: 5, 'rolled-back': 20, 'past the point of no return': 1 });
    },
  );

  it('goes back, or stays as it ended, also when it is reset in the middle, and once more (600 runs)', async () => {
    const counts: Counts = {};
    const seen = (what: string) => (counts[what] = (counts[what] ?? 0) + 1);
    const resets = fc.array(
      fc.record({
        at: fc.integer({ min: 1, max: 300_000 }),
        to: fc.integer({ min: 0, max: 14 }),
        unexported: fc.constant(0),
      }),
      { minLength: 1, maxLength: 2 },
    );
    await fc.assert(
      fc.asyncProperty(worlds, resets, async ({ plan, script }, drawn) => {
        const inOrder = [...drawn].sort((a, b) => a.at - b.at);
        const world = await run(plan, { ...script, renews: () => false, resets: inOrder });
        const { reset, trace } = world;
        if (!reset) return;
        seen('reset');
        seen(endingOf(world));
        expect(endingOf(world)).not.toBe('Livelock');
        // A sentinel that takes longer to answer than its evidence lasts voids every leave: people are asked for ever.
        if (endingOf(world) === 'Endless') expect(trace.events('gate-opened').length).toBeGreaterThan(20);
        const since = (...verbs: ('apply' | 'undo' | 'restore')[]) =>
          trace.calls(...verbs).filter(({ index }) => index > reset.at);
        if (reset.over && !reset.knew) {
          seen('over');
          expect(since('apply', 'undo', 'restore'), 'it is over').toEqual([]);
          return;
        }
        if (reset.unwinding) {
          seen('unwinding');
          expect(since('apply'), 'what is taken back stays so').toEqual([]);
        }
        if (!reset.knew) expect(reset.appliedWhileExposed ?? false, 'exposed').toBe(false);
        if (endingOf(world) === 'rolled-back' || endingOf(world) === 'refused') {
          expect(world.after()).toBe(world.before);
        }
      }),
      { numRuns: cases(600) },
    );
    demand(counts, { reset: 150, completed: 5, 'rolled-back': 20, over: 20, unwinding: 20 });
  });
});
