import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../support/effort.js';
import { run, Stranded } from '../support/world.js';
import { plans } from '../support/world/plans.js';
import { demand, everyRun } from '../support/world/property.js';
import { scripts } from '../support/world/scripts.js';

describe('liveness', () => {
  it('ends, or waits for a named person (600 runs)', async () => {
    const counts = await everyRun(
      { runs: 600, change: (script) => ({ ...script, rescued: false }) },
      ({ ended }) => {
        if (!(ended instanceof Error)) return;
        expect(ended, ended.message).toBeInstanceOf(Stranded);
        const { why } = ended as Stranded;
        expect(why.who.length, `${why.waitingFor}: somebody may act`).toBeGreaterThan(0);
        expect(why.clears).not.toBe('');
      },
    );
    demand(counts, { completed: 30, 'rolled-back': 60, refused: 10, Stranded: 3 });
  });

  it('ends once somebody comes (600 runs)', async () => {
    await everyRun({ runs: 600 }, ({ ended }) => {
      expect(ended).not.toBeInstanceOf(Error);
    });
  });

  it('decides the same in the same world (300 runs)', async () => {
    const worlds = plans().chain((plan) => scripts(plan).map((script) => ({ plan, script })));
    await fc.assert(
      fc.asyncProperty(worlds, async ({ plan, script }) => {
        const [one, two] = [await run(plan, script), await run(plan, script)];
        expect(two.state).toEqual(one.state);
      }),
      { numRuns: cases(300) },
    );
  });
});
