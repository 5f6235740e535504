import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capture } from '../../src/engine/ports.js';
import { run } from '../support/world.js';
import { plans } from '../support/world/plans.js';
import { scripts } from '../support/world/scripts.js';

const worlds = plans().chain((plan) => scripts(plan).map((script) => ({ plan, script })));
const moments = fc.integer({ min: 1, max: 12 });

describe('a rollout that is reset to its beginning', () => {
  it('never forgets what it had done: it captures nothing anew, and takes all of it back (500 runs)', async () => {
    let resets = 0;
    const endings = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worlds, moments, async ({ plan, script }, moment) => {
        const renews = (nth: number) => nth === moment;
        const world = await run(plan, { ...script, renews, resets: true });
        if (world.renewals === 0 || world.gone()) return;
        resets += 1;
        if (world.ended instanceof Error) return;
        endings.add(world.ended.type);
        if (world.ended.type === 'rolled-back' || world.ended.type === 'refused') {
          expect(world.after()).toBe(world.before);
        }
        const captures = world.trace.ends('capture').filter(({ ok }) => ok);
        for (const { value } of captures) {
          const { target, state } = value as Capture;
          expect(world.state.captures[target]?.state ?? state).toEqual(state);
        }
      }),
      { numRuns: 500 },
    );
    expect(resets).toBeGreaterThan(100);
    expect([...endings]).toEqual(expect.arrayContaining(['completed', 'rolled-back']));
  });
});
