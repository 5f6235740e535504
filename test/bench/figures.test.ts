import { describe, expect, it } from 'vitest';
import { against, tableOf, told, within } from '../../bench/figures.js';
import { median, percentile } from '../../bench/statistics.js';
import { Samples } from '../../bench/worker/samples.js';
import type { EvidenceEntry } from '../../activities/records/evidence.js';

describe('a figure', () => {
  it('is told, compared, or held to a limit', () => {
    expect(told('a, s', 1.23456)).toEqual({
      name: 'a, s',
      ours: 1.23,
      limit: null,
      ratio: null,
      goal: null,
      met: null,
    });
    expect(against('b', 3, 2)).toMatchObject({ ours: 3, limit: 2, ratio: 1.5, goal: null, met: null });
    expect(within('c', 100, 100)).toMatchObject({ ratio: 1, goal: 1, met: true });
  });

  it('with a limit of nothing is met by nothing alone', () => {
    expect(within('posted twice', 0, 0)).toMatchObject({ ours: 0, limit: 0, ratio: null, met: true });
    expect(within('posted twice', 1, 0)).toMatchObject({ ours: 1, limit: 0, ratio: null, met: false });
  });

  it('misses its goal by what rounding would hide', () => {
    expect(against('d', 1_100.1, 1_000, 1.1)).toMatchObject({ ratio: 1.1, met: false });
  });

  it('stands in a table with its goal', () => {
    const table = tableOf({ bench: 'b', figures: [within('slow, ms', 200, 100), told('n', 5)] });
    expect(table).toBe(
      'b         ours  limit  ratio  goal  met\nslow, ms   200    100      2     1   NO\nn            5\n',
    );
  });
});

describe('statistics', () => {
  it('take the nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([percentile(values, 99), percentile(values, 100), median(values), median([3])]).toEqual([
      198, 200, 100, 3,
    ]);
  });

  it('say nothing about nothing', () => {
    expect(() => percentile([], 99)).toThrow(RangeError);
  });
});

describe('samples', () => {
  const reading = { guard: 'errors', verdict: 'pass', at: 1, reason: 'fine' } as const;
  const own = (rollout: string): EvidenceEntry => ({ rollout, reading: { ...reading, subscription: 1 } });

  it('count a reading of a series for all who joined it, and a gap from one to the next', async () => {
    const samples = new Samples();
    const kept: EvidenceEntry[] = [];
    const store = samples.watching({
      append: (entries) => Promise.resolve(void kept.push(...entries)),
      window: () => Promise.resolve([]),
      async *parts() {},
    });
    const joins = ['a', 'b'].map((rollout) => ({
      rollout,
      subscription: 1,
      guard: 'errors',
      series: 's',
      at: 1,
    }));
    await store.append([...joins, { series: 's', reading }, own('c')]);
    expect([samples.rollouts, samples.takeGaps()]).toEqual([3, []]);
    await store.append([{ series: 's', reading }]);
    expect(samples.takeGaps()).toHaveLength(2);
    expect(samples.takeGaps()).toEqual([]);
    expect(kept).toHaveLength(5);
  });
});
