import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases, met } from '../support/effort.js';
import { run, type World } from '../support/world.js';
import { plans } from '../support/world/plans.js';
import { scripts } from '../support/world/scripts.js';

/** Everything that was decided and done; how often it was renewed does not show in it. */
function seen({ state, trace, ended, after }: World) {
  return {
    ended: ended instanceof Error ? ended.constructor.name : ended,
    state,
    after: after(),
    calls: trace
      .calls('capture', 'apply', 'undo', 'restore', 'fence', 'verify')
      .map(({ at, verb, step, epoch }) => ({
        at,
        verb,
        step,
        epoch,
      })),
  };
}

const worlds = plans().chain((plan) => scripts(plan).map((script) => ({ plan, script })));

describe('a rollout that goes on in a new run', () => {
  it.each([
    ['at every moment at which it can', () => true],
    ['at every second one', (nth: number) => nth % 2 === 0],
    ['once, early', (nth: number) => nth === 2],
  ])('decides and does the same as one that does not, %s (150 runs)', async (_when, renews) => {
    let renewals = 0;
    const statuses = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worlds, async ({ plan, script }) => {
        const whole = await run(plan, script);
        let renewed = 0;
        const parted = await run(plan, {
          ...script,
          renews: (nth) => {
            // Each moment once: a rollout that did nothing but begin anew would never end.
            const now = nth > renewed && renews(nth);
            if (now) renewed = nth + 1;
            return now;
          },
        });
        renewals += parted.renewals;
        for (const status of parted.renewedIn) statuses.add(status);
        expect(seen(parted)).toEqual(seen(whole));
      }),
      { numRuns: cases(150) },
    );
    expect(renewals).toBeGreaterThan(met(50));
    if (renews(1))
      expect([...statuses]).toEqual(
        expect.arrayContaining(['watching', 'waiting', 'needs-operator', 'paused']),
      );
  });
});
