import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGuard } from '../../src/analysis/read-guard.js';
import { beginningOf, perspectiveOf } from '../../src/analysis/series.js';
import { absolute, arm, errors, guardOf, p95, relative, scrape, subscriptionOf } from './given.js';

const at100 = fc.constantFrom('recorded' as const, 'holdback' as const, 'off' as const);
const criteria = fc.oneof(
  fc.constant(absolute(0.1)),
  at100.map((rule) => relative({ at100: rule })),
);
const guards = fc
  .record({
    criterion: criteria,
    metric: fc.constantFrom(errors, p95),
    interval: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ criterion, metric, interval }) =>
    guardOf(criterion, metric, { interval, lookBack: 3 * interval, maxAge: 4 * interval, minRequests: 1 }),
  );
const now = 100;
const scrapes = fc
  .uniqueArray(fc.integer({ min: 0, max: now }), { maxLength: 12 })
  .map((times) =>
    times.sort((a, b) => a - b).map((at, index) => scrape(at, arm(index * 10, index), arm(index * 20, 1))),
  );
const readers = fc
  .record({
    percent: fc.constantFrom(0, 5, 50, 100),
    since: fc.integer({ min: 0, max: now }),
    recorded: fc.constantFrom({}, { errors: 0.01 }, { errors: 0.02 }, { other: 1 }),
  })
  .map((over) => subscriptionOf([], over));

describe('readings that are shared', () => {
  it('are equal for all who share perspective and beginning', () => {
    let shared = 0;
    fc.assert(
      fc.property(guards, scrapes, readers, readers, (guard, seen, one, other) => {
        const same =
          perspectiveOf(guard, one) === perspectiveOf(guard, other) &&
          beginningOf(guard, one, seen, now) === beginningOf(guard, other, seen, now);
        if (!same) return;
        if (one.since !== other.since) shared += 1;
        expect(readGuard(guard, one, seen, now)).toEqual(readGuard(guard, other, seen, now));
      }),
      { numRuns: 5_000 },
    );
    expect(shared).toBeGreaterThan(300);
  });
});
