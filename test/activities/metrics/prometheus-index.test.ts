import { describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import { never, scrapedShop } from './scraped-shop.js';

describe('what a Prometheus has never had', () => {
  const named = (text: RegExp) =>
    expect.arrayContaining([{ concerns: ['error-rate'], text: expect.stringMatching(text) }]);

  it('is told with what its index has instead, also of long ago', async () => {
    const { source, process, scraped } = await scrapedShop({ failed: { outcome: 'failed' } });
    process('old').serve('candidate', 10, 4, 0.05);
    await scraped(['old'], 1_000);
    process('a').serve('candidate', 10, 0, 0.05);
    await scraped(['a']);
    const { missing } = await source.scrape(never);
    expect(missing).toEqual(
      named(/^no failure counted so far: .* has no outcome="failed", only "error", "ok"$/),
    );
  });

  it('is not told of what it had, and not any more once it comes', async () => {
    const { prometheus, source, process, scraped } = await scrapedShop();
    process('a').serve('baseline', 10, 0, 0.05);
    process('a').serve('candidate', 10, 0, 0.05);
    await scraped();
    expect((await source.scrape(never)).missing).toEqual(named(/so far: .*, only "ok"$/));
    const asked = prometheus.asked.length;
    expect((await source.scrape(never)).missing).toHaveLength(1);
    expect(prometheus.asked.length).toBe(asked + 1);
    process('a').serve('candidate', 10, 1, 0.05);
    await scraped();
    expect(await source.scrape(never)).not.toHaveProperty('missing');
  });

  it('is refused where a value is most likely misspelt, and where that keeps everything away', async () => {
    const misspelt = await scrapedShop({ failed: { outcome: 'eror' } });
    misspelt.process('a').serve('candidate', 10, 1, 0.05);
    await misspelt.scraped();
    const refusal = misspelt.source.scrape(never);
    await expect(refusal).rejects.toBeInstanceOf(BadAnswer);
    await expect(refusal).rejects.toThrow(/has no shop_requests_total with outcome="eror", but .*="error"/);

    const nothing = await scrapedShop({ where: { route: '/basket' } });
    nothing.process('a').serve('candidate', 10, 1, 0.05);
    await nothing.scraped();
    await expect(nothing.source.scrape(never)).rejects.toThrow(
      /has no sample of .*; nothing counted that is asked for: .* has no route="\/basket", only "\/"/,
    );
  });

  it('is told not to be known where the index cannot be asked', async () => {
    const { prometheus, source, process, scraped } = await scrapedShop();
    prometheus.knowsLabels = false;
    process('a').serve('candidate', 10, 0, 0.05);
    await scraped();
    expect((await source.scrape(never)).missing).toEqual(
      named(/^which labels it has cannot be asked, so nobody knows .*: http.* answers with status 404/),
    );
  });
});
