import { describe, expect, it } from 'vitest';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import { increaseOver } from '../../../src/analysis/sample.js';

/** A source with the system behind it. */
export interface SourceUnderTest {
  readonly source: MetricsSource;
  /** Lets requests of an arm happen; `seconds` is how long each took. */
  serve(arm: 'baseline' | 'candidate', requests: number, failed: number, seconds: number): void;
  /** From now on nothing answers any more. */
  shutDown(): Promise<void>;
}

/** What every source of metrics must do; `begin` makes one that has served nothing yet. */
export function fulfilsSourceContract(begin: () => Promise<SourceUnderTest>): void {
  const never = new AbortController().signal;

  describe('as a source of metrics', () => {
    it('counts what each arm did between two scrapes', async () => {
      const { source, serve } = await begin();
      serve('baseline', 100, 1, 0.05);
      const before = await source.scrape(never);
      serve('baseline', 50, 2, 0.05);
      serve('candidate', 20, 5, 0.3);
      const after = await source.scrape(never);
      const [baseline, candidate] = (['baseline', 'candidate'] as const).map((arm) =>
        increaseOver(arm, [before, after]),
      );
      expect(baseline).toMatchObject({ requests: 50, failed: 2 });
      expect(candidate).toMatchObject({ requests: 20, failed: 5 });
      expect(candidate?.durations.at(-1)).toEqual({ le: Infinity, count: 20 });
      expect(candidate?.durations.find(({ le }) => le >= 0.05)?.count).toBe(0);
      expect(candidate?.durations.map(({ le }) => le)).toEqual(
        candidate?.durations.map(({ le }) => le).sort((a, b) => a - b),
      );
    });

    it('answers before the first request, without an arm', async () => {
      const { source } = await begin();
      expect((await source.scrape(never)).arms).toEqual({});
    });

    it('dates a scrape no later than it was asked for', async () => {
      const { source } = await begin();
      const [before, scrape] = [Date.now(), await source.scrape(never)];
      expect(scrape.at).toBeGreaterThanOrEqual(before);
      expect(scrape.at).toBeLessThanOrEqual(Date.now());
    });

    it('throws an error that may pass when nothing answers', async () => {
      const { source, shutDown } = await begin();
      await shutDown();
      const error = await source.scrape(never).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toHaveProperty('badAnswer');
    });

    it('stops when it is told to', async () => {
      const { source } = await begin();
      const reason = new Error('enough');
      await expect(source.scrape(AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
