import { describe, expect, it } from 'vitest';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import { increaseOver } from '../../../src/analysis/sample.js';

/** A source with the system behind it. */
export interface SourceUnderTest {
  readonly source: MetricsSource;
  /** Lets requests of an arm happen; `seconds` is how long each took. */
  serve(arm: 'baseline' | 'candidate', requests: number, failed: number, seconds: number): void;
  /** Waits until everything served so far has been counted where the source reads it. */
  scraped(): Promise<void>;
  /** From now on nothing answers any more. */
  shutDown(): Promise<void>;
}

/** What every source of metrics must do; `begin` makes one that has served nothing yet. */
export function fulfilsSourceContract(begin: () => Promise<SourceUnderTest>): void {
  const never = new AbortController().signal;

  describe('as a source of metrics', () => {
    it('counts what each arm did between two scrapes', async () => {
      const { source, serve, scraped } = await begin();
      serve('baseline', 100, 1, 0.05);
      await scraped();
      const before = await source.scrape(never);
      serve('baseline', 50, 2, 0.05);
      serve('candidate', 20, 5, 0.3);
      await scraped();
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

    it('knows no arm before the first request, and may say so by an error that may pass', async () => {
      const { source } = await begin();
      const answer = await source.scrape(never).catch((reason: unknown) => reason);
      if (answer instanceof Error) expect(answer).not.toHaveProperty('badAnswer');
      else expect(answer).toHaveProperty('arms', {});
    });

    it('has in a scrape all that was served before its date, which is not to come', async () => {
      const { source, serve, scraped } = await begin();
      serve('baseline', 100, 1, 0.05);
      await scraped();
      const before = await source.scrape(never);
      for (let round = 1; round <= 3; round += 1) {
        serve('baseline', 10, 0, 0.05);
        const served = Date.now();
        const scrape = await source.scrape(never);
        expect(scrape.at).toBeLessThanOrEqual(Date.now());
        expect(scrape.at).toBeGreaterThanOrEqual(before.at);
        const counted = increaseOver('baseline', [before, scrape]).requests;
        if (scrape.at >= served) expect(counted).toBe(10 * round);
        await scraped();
        const later = await source.scrape(never);
        expect(later.at).toBeGreaterThanOrEqual(scrape.at);
        expect(increaseOver('baseline', [before, later]).requests).toBe(10 * round);
      }
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
