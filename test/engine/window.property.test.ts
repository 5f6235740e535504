import fc from 'fast-check';
import { expect, it } from 'vitest';
import { run, type World } from '../support/world.js';
import type { HouseScript } from '../support/world/house.js';
import { plans } from '../support/world/plans.js';
import { actOf, demand, endingOf, type Counts } from '../support/world/property.js';
import { scripts } from '../support/world/scripts.js';

type Freeze = NonNullable<HouseScript['freezes']>[number];

const freeze: fc.Arbitrary<Freeze> = fc
  .record({
    from: fc.integer({ min: 0, max: 200_000 }),
    length: fc.constantFrom(1_000, 20_000, 300_000),
    unreadable: fc.constantFrom(false, false, true),
  })
  .map(({ from, length, unreadable }) => ({ from, to: from + length, ...(unreadable && { unreadable }) }));

const worlds = plans().chain((plan) =>
  fc.record({ plan: fc.constant(plan), script: scripts(plan), freezes: fc.array(freeze, { maxLength: 3 }) }),
);

/** Looks at every start and every way back; answers what was met. */
function audit(world: World, freezes: readonly Freeze[]): string[] {
  const { trace, start } = world;
  const isFrozen = (at: number) => freezes.some(({ from, to }) => start + from <= at && at < start + to);
  const seen: string[] = [];
  let started = false;
  for (const { event, at } of trace.events('act-started')) {
    const held = !started || actOf(world, event.step).exposure !== undefined;
    started = true;
    if (held) expect(isFrozen(at), `${event.step} starts in a freeze`).toBe(false);
    else if (isFrozen(at)) seen.push('another act in a freeze');
  }
  if (trace.calls('restore', 'undo').some(({ at }) => isFrozen(at))) seen.push('taken back in a freeze');
  if (trace.events('window-closed').length > 0) seen.push('held');
  expect(world.silences).toEqual([]);
  return [...seen, endingOf(world)];
}

it('starts and raises nothing in a freeze, and holds nothing that goes back (300 runs)', async () => {
  const counts: Counts = {};
  await fc.assert(
    fc.asyncProperty(worlds, async ({ plan, script, freezes }) => {
      const world = await run(plan, { ...script, house: { freezes } });
      for (const name of new Set(audit(world, freezes))) counts[name] = (counts[name] ?? 0) + 1;
    }),
    { numRuns: 300 },
  );
  demand(counts, {
    completed: 20,
    'rolled-back': 20,
    held: 15,
    'taken back in a freeze': 5,
    'another act in a freeze': 5,
  });
});
