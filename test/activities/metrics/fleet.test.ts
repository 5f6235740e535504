import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../activities/metrics/fleet.js';
import type { Arm, ArmCounters, Scrape } from '../../../src/analysis/arms.js';
import { increaseOver } from '../../../src/analysis/sample.js';

const arms: readonly Arm[] = ['baseline', 'candidate'];

/** One thing that happens: a process serves an arm, perhaps after a restart, and is scraped; perhaps the fleet, too. */
const event = fc.record({
  process: fc.nat(2),
  arm: fc.constantFrom(...arms),
  requests: fc.nat(20),
  failing: fc.double({ min: 0, max: 1, noNaN: true }),
  restart: fc.boolean(),
  asked: fc.boolean(),
});

/** A process as it is without any doubt, with buckets of its own where `bounds` says so. */
class Truth {
  counters: { [A in Arm]?: ArmCounters } = {};
  readonly #bounds: readonly number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  serve(arm: Arm, requests: number, failed: number): void {
    const { counters } = this;
    const before = counters[arm] ?? { requests: 0, failed: 0 };
    const all = before.requests + requests;
    const durations = [...this.#bounds, Infinity].map((le) => ({ le, count: le < 1 ? 0 : all }));
    this.counters = {
      ...counters,
      [arm]: { requests: all, failed: before.failed + failed, durations, sum: all },
    };
  }
}

/** What the fleet counts against what happened, both from the first time that it was asked. */
function run(
  events: readonly (typeof event extends fc.Arbitrary<infer E> ? E : never)[],
  bounds: number[][],
) {
  const fleet = new Fleet(1_000_000);
  const truths = bounds.map((of) => new Truth(of));
  const met = new Set<number>();
  const happened = { baseline: { requests: 0, failed: 0 }, candidate: { requests: 0, failed: 0 } };
  const scrapes: Scrape[] = [];
  for (const [at, { process, arm, requests, failing, restart, asked }] of events.entries()) {
    const truth = truths[process] as Truth;
    // A restart shows by a counter that fell: one that has been overtaken already cannot be told by anyone.
    const before = truth.counters[arm]?.requests ?? 0;
    const restarts = restart && before > 0;
    const served = restarts ? Math.min(requests, before - 1) : requests;
    const failed = Math.floor(served * failing);
    if (restarts) truth.counters = {};
    truth.serve(arm, served, failed);
    fleet.take({ process: String(process), at, arms: truth.counters });
    if (met.has(process)) {
      happened[arm].requests += served;
      happened[arm].failed += failed;
    }
    met.add(process);
    if (!asked) continue;
    if (scrapes.length === 0) for (const of of arms) happened[of] = { requests: 0, failed: 0 };
    scrapes.push(fleet.scrape() as Scrape);
  }
  if (scrapes.length > 0) scrapes.push(fleet.scrape() as Scrape);
  return { scrapes, happened: scrapes.length > 0 ? happened : undefined };
}

describe('a fleet', () => {
  it('counts what happened, whoever restarts and whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (events, mixed) => {
        const { scrapes, happened } = run(events, [[0.1, 1], mixed ? [0.2, 1] : [0.1, 1], [0.1, 1]]);
        if (happened === undefined) return;
        for (const arm of arms) {
          const counted = increaseOver(arm, scrapes);
          expect(counted).toMatchObject(happened[arm]);
          if (mixed || counted.durations.length === 0) continue;
          expect(counted.durations).toContainEqual({ le: Infinity, count: happened[arm].requests });
          expect(counted.durations).toContainEqual({ le: 0.1, count: 0 });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has nothing to say before the first snapshot', () => {
    expect(new Fleet(1_000).scrape()).toBeUndefined();
  });

  it('begins an arm anew that was away, so that what it counted before is not counted twice', () => {
    const fleet = new Fleet(1_000);
    const of = (requests: number): ArmCounters => ({ requests, failed: 0, durations: [] });
    const scrapes: (Scrape | undefined)[] = [];
    const take = (at: number, process: string, arm: Arm, requests: number) => {
      fleet.take({ process, at, arms: { [arm]: of(requests) } });
      scrapes.push(fleet.scrape());
    };
    take(0, 'a', 'candidate', 5_000);
    take(500, 'a', 'candidate', 6_000);
    take(9_000, 'b', 'baseline', 1);
    expect(scrapes.at(-1)?.arms).not.toHaveProperty('candidate');
    take(9_500, 'a', 'candidate', 6_010);
    take(9_600, 'a', 'candidate', 6_015);
    const all = scrapes.filter((scrape) => scrape !== undefined);
    expect(increaseOver('candidate', all).requests).toBe(1_015);
    expect(increaseOver('candidate', all.slice(2)).requests).toBe(15);
  });
});
