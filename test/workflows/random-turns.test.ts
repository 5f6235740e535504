import { afterAll, beforeAll, expect, it } from 'vitest';
import { locks, rollouts } from './turns/kinds.js';
import { runAtRandom, type Forgetting } from './turns/random-runs.js';
import { openStage, type Stage } from './turns/stage.js';

/** How much is done to each workflow; `TURNS=300` does more than there is time for in every run of the tests. */
const deeds = Number(process.env['TURNS'] ?? 12);
/** `SEED` draws other deeds. */
const seed = Number(process.env['SEED'] ?? 20_261_130);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it.concurrent.each<Forgetting>(['at once', 'at random', 'by restarts'])(
  'what happens to rollouts and locks whose worker forgets %s replays',
  async (forgetting) => {
    const fate = await runAtRandom(stage, {
      kinds: [rollouts, locks],
      seed,
      forgetting,
      atOnce: 2,
      deeds,
    });
    process.stdout.write(`${JSON.stringify({ forgetting, ...fate, faults: fate.faults.length })}\n`);
    expect(fate.faults).toEqual([]);
    // Else nothing was tried.
    for (const count of [fate.refused, fate.marks]) expect(count).toBeGreaterThan(0);
  },
  deeds * 10_000 + 120_000,
);
