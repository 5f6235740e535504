import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MeasuredSource } from '../../../activities/sentinel/measured-source.js';
import type { Scrape } from '../../../src/analysis/arms.js';

const never = new AbortController().signal;
const at = (time: number): Scrape => ({ at: time, arms: {} });

/** A source that has a scrape for each 10 ms, and remembers what it was asked. */
function recorded() {
  const asked: (readonly ['scrape'] | readonly ['history', number, number])[] = [];
  let broken: Error | undefined;
  const source = {
    asked,
    breakWith: (error: Error | undefined) => (broken = error),
    scrape: () => {
      asked.push(['scrape']);
      return broken ? Promise.reject(broken) : Promise.resolve(at(Math.floor(Date.now() / 10) * 10));
    },
    history: (from: number, step: number) => {
      asked.push(['history', Math.round((Date.now() - from) / 1_000), step]);
      return broken ? Promise.reject(broken) : Promise.resolve([at(from), at(from + step)]);
    },
  };
  return source;
}

describe('a source with a history', () => {
  it('is asked for the whole span at first, and for what is new from then on', async () => {
    const source = recorded();
    const measured = new MeasuredSource(source);
    await measured.measure(never, 60_000, 1_000);
    expect(measured.scrapes).toHaveLength(2);
    await measured.measure(never, 60_000, 1_000);
    await measured.measure(never, 60_000, 1_000);
    expect(source.asked).toEqual([['history', 60, 1_000], ['scrape'], ['scrape']]);
    expect(measured.scrapes.length).toBeGreaterThanOrEqual(3);
    const times = measured.scrapes.map((scrape) => scrape.at);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  it('is asked again when someone looks back further', async () => {
    const source = recorded();
    const measured = new MeasuredSource(source);
    await measured.measure(never, 60_000, 1_000);
    await measured.measure(never, 120_000, 1_000);
    await measured.measure(never, 60_000, 1_000);
    expect(source.asked).toEqual([['history', 60, 1_000], ['history', 120, 1_000], ['scrape']]);
  });

  it('is asked again after a gap', async () => {
    const source = recorded();
    const measured = new MeasuredSource(source);
    await measured.measure(never, 100, 10);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await measured.measure(never, 100, 10);
    expect(source.asked.map(([what]) => what)).toEqual(['history', 'history']);
  });

  it('has an error and nothing else as long as it cannot say what was', async () => {
    const source = recorded();
    const measured = new MeasuredSource(source);
    source.breakWith(new Error('later'));
    await measured.measure(never, 60_000, 1_000);
    expect(measured).toMatchObject({ scrapes: [], lastError: { message: 'later' } });
    source.breakWith(undefined);
    await measured.measure(never, 60_000, 1_000);
    expect(source.asked.map(([what]) => what)).toEqual(['history', 'history']);
    expect(measured.lastError).toBeUndefined();
  });
});

describe('a slow source', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const answeringAfter = (ms: number) =>
    new MeasuredSource({
      scrape: () => new Promise<Scrape>((resolve) => setTimeout(() => resolve(at(Date.now())), ms)),
    });

  it('says while it is silent how long it has been asked', async () => {
    const source = answeringAfter(10_000);
    const measured = source.measure(never, 60_000, 1_000);
    await vi.advanceTimersByTimeAsync(900);
    expect(source.lastError).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2_100);
    expect(source.lastError).toMatchObject({ message: 'it was asked 3 s ago and has not answered yet' });
    await vi.advanceTimersByTimeAsync(7_000);
    await measured;
    expect(source.lastError).toBeUndefined();
  });

  it('says how long its answer took, where that was long', async () => {
    for (const [ms, took] of [
      [100, undefined],
      [3_000, 3_000],
    ] as const) {
      const source = answeringAfter(ms);
      const measured = source.measure(never, 60_000, 1_000);
      await vi.advanceTimersByTimeAsync(ms);
      await measured;
      expect(source.scrapes.at(-1)?.took).toBe(took);
    }
  });
});
