import { describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import { prometheusSource, type PrometheusOptions } from '../../../activities/metrics/prometheus-source.js';
import { increaseOver } from '../../../src/analysis/sample.js';
import { interval, never, scrapedShop } from './scraped-shop.js';
import { shop } from './shop-process.js';
import { fulfilsSourceContract } from './source-contract.js';

/** What an arm counted between the first and the last of some scrapes. */
const failures = (scrapes: Awaited<ReturnType<MetricsSource['scrape']>>[]) => {
  const { requests, failed } = increaseOver('candidate', scrapes);
  return { requests, failed };
};

describe('a Prometheus with one process', () => {
  fulfilsSourceContract(async () => {
    const { prometheus, source, process, scraped } = await scrapedShop();
    return {
      source,
      serve: (...traffic) => process('a').serve(...traffic),
      scraped: async () => void (await scraped()),
      shutDown: () => prometheus.stop(),
    };
  });
});

describe('a Prometheus with several processes', () => {
  it('sets nothing off when one of them restarts', async () => {
    const { source, process, scraped } = await scrapedShop();
    process('a').serve('candidate', 100, 50, 0.05);
    process('b').serve('candidate', 100, 0, 0.05);
    await scraped();
    const before = await source.scrape(never);
    process('a').restart();
    process('a').serve('candidate', 10, 4, 0.05);
    process('b').serve('candidate', 200, 3, 0.05);
    await scraped();
    // Summed up, failures fell from 50 to 7.
    expect(failures([before, await source.scrape(never)])).toEqual({ requests: 210, failed: 7 });
  });

  it('counts the failures of a process until its end, and nothing of it afterwards', async () => {
    const { source, process, scraped } = await scrapedShop();
    process('a').serve('candidate', 100, 1, 0.05);
    process('b').serve('candidate', 100, 1, 0.05);
    await scraped();
    const scrapes = [await source.scrape(never)];
    process('a').serve('candidate', 10, 10, 0.05);
    await scraped();
    process('b').serve('candidate', 20, 0, 0.05);
    await scraped(['b']);
    scrapes.push(await source.scrape(never));
    expect(failures(scrapes)).toEqual({ requests: 30, failed: 10 });
    process('b').serve('candidate', 20, 0, 0.05);
    await scraped(['b']);
    scrapes.push(await source.scrape(never));
    expect(failures(scrapes.slice(1))).toEqual({ requests: 20, failed: 0 });
  });

  it('counts nothing that a process did before it was met', async () => {
    const { source, process, scraped } = await scrapedShop();
    process('a').serve('candidate', 100, 0, 0.05);
    await scraped();
    const before = await source.scrape(never);
    process('old').serve('candidate', 1_000_000, 0, 0.05);
    process('a').serve('candidate', 20, 10, 0.05);
    await scraped();
    process('old').serve('candidate', 5, 1, 0.05);
    await scraped();
    expect(failures([before, await source.scrape(never)])).toEqual({ requests: 25, failed: 11 });
  });

  it('is as old as the oldest of the living, and drops an arm whose processes are gone', async () => {
    const { source, process, scraped } = await scrapedShop();
    process('base').serve('baseline', 10, 0, 0.05);
    process('new').serve('candidate', 10, 0, 0.05);
    await scraped(['base'], 2.4);
    const heard = await scraped(['new'], 2.2);
    await scraped(['base'], 1.4);
    const both = await source.scrape(never);
    expect(both).toMatchObject({ at: heard, arms: { baseline: {}, candidate: {} } });
    const alone = await scraped(['base'], 0.1);
    await scraped(['base'], 0);
    const scrape = await source.scrape(never);
    expect(scrape.at).toBeGreaterThan(alone);
    expect(scrape.arms).toHaveProperty('baseline');
    expect(scrape.arms).not.toHaveProperty('candidate');
  });

  it('waits for the rest of a scrape that was written in part', async () => {
    const { prometheus, source, process, scraped } = await scrapedShop();
    process('a').serve('candidate', 100, 0, 0.05);
    await scraped();
    await scraped();
    const before = await source.scrape(never);
    const text = await process('a').exposition();
    const half = text.replace(/^.*outcome="ok".*$/m, '');
    prometheus.record(Date.now(), half, { job: 'shop', instance: 'a' });
    expect(await source.scrape(never)).toEqual(before);
  });

  it('does not add up processes whose buckets differ, but what they have in common', async () => {
    const { prometheus, source, scraped, process } = await scrapedShop();
    process('a').serve('candidate', 10, 0, 0.05);
    const other = async (slow: number) => {
      process('b').serve('candidate', slow, 0, 0.5);
      const text = (await process('b').exposition()).replaceAll('le="0.1"', 'le="0.2"');
      prometheus.record(Date.now() - interval, text, { job: 'shop', instance: 'b' });
    };
    await scraped(['a']);
    await other(5);
    const before = await source.scrape(never);
    process('a').serve('candidate', 10, 0, 0.05);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await scraped(['a']);
    await other(7);
    const after = await source.scrape(never);
    expect(increaseOver('candidate', [before, after]).durations).toEqual([
      { le: 0.01, count: 0 },
      { le: 1, count: 17 },
      { le: Infinity, count: 17 },
    ]);
  });

  it('is refused when a series does not name its process', async () => {
    const { source, process, scraped } = await scrapedShop({ instance: ['job', 'pod'] });
    process('a').serve('candidate', 100, 0, 0.05);
    await scraped();
    const error = await source.scrape(never).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadAnswer);
    expect((error as Error).message).toMatch(/has shop_requests_total without a label pod; name the labels/);
  });
});

describe('the history of a Prometheus', () => {
  it('says what scrapes would have said, and scrapes go on from it', async () => {
    const { source, process, scraped } = await scrapedShop();
    for (const age of [6, 5, 4, 3, 2]) {
      process('a').serve('candidate', 10, 1, 0.05);
      await scraped(['a'], age);
    }
    const [all, thin] = [
      (await source.history?.(Date.now() - 4.5 * interval, interval / 2, never)) ?? [],
      (await source.history?.(Date.now() - 4.5 * interval, 2 * interval, never)) ?? [],
    ];
    expect(failures([...all])).toEqual({ requests: 40, failed: 4 });
    expect(all).toHaveLength(5);
    expect(thin).toHaveLength(3);
    process('a').serve('candidate', 10, 5, 0.05);
    await scraped(['a']);
    const scrape = await source.scrape(never);
    expect(failures([...thin, scrape])).toEqual({ requests: 50, failed: 9 });
  });

  it('may be long', async () => {
    const { prometheus, source, process, scraped } = await scrapedShop();
    process('a').serve('candidate', 10, 1, 0.05);
    await scraped();
    const seconds = Date.now() / 1_000 - 3_600;
    const many = Array.from({ length: 30_000 }, (_, i): [number, string] => [seconds + i / 10, String(i)]);
    prometheus.change = (m) => {
      const result = m.data.result.map((series) => ({ ...series, values: many }));
      return { ...m, data: { ...m.data, result } };
    };
    const scrapes = (await source.history?.(Date.now() - 3_600_000, 60_000, never)) ?? [];
    expect(scrapes.length).toBeGreaterThan(45);
    expect(failures([...scrapes]).requests).toBeGreaterThan(50_000);
  });

  it('is empty of evidence where there is none', async () => {
    const { source } = await scrapedShop();
    await expect(source.history?.(Date.now() - 60_000, 500, never)).rejects.toThrow(/has no sample of/);
  });
});

describe('a question to a Prometheus', () => {
  it('bears the headers, and no error shows them', async () => {
    const { prometheus, source } = await scrapedShop({
      headers: { authorization: 'Bearer s3cret', 'x-scope-orgid': 'shop' },
    });
    prometheus.change = (_, response) => (response.writeHead(403), 'no');
    const error = await source.scrape(never).catch((reason: unknown) => reason);
    expect(prometheus.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'x-scope-orgid': 'shop',
    });
    expect(String(error)).not.toContain('s3cret');
  });

  it.each(['"', '\\', '\n', '.*', 'a|b', '{}', '"} or vector(1) #', 'größe \u2028'])(
    'asks for the arm and the route %j and nothing else',
    async (text) => {
      const arm = { ...shop.arm, candidate: text };
      const { source, process, scraped } = await scrapedShop({ arm, where: { route: text } });
      process('a').serve(text, 1, 0, 0.05, text);
      await scraped();
      const before = await source.scrape(never);
      process('a').serve(text, 10, 3, 0.05, text);
      process('a').serve('ab', 100, 100, 0.05, text);
      process('a').serve(text, 100, 100, 0.05, 'ab');
      await scraped();
      expect(failures([before, await source.scrape(never)])).toEqual({ requests: 10, failed: 3 });
    },
  );

  it.each<[Partial<PrometheusOptions>, RegExp]>([
    [{ url: 'prometheus:9090' }, /is not an HTTP address; write it as http:\/\/host:9090/],
    [{ url: 'http://me:secret@prometheus' }, /its address holds credentials/],
    [{ url: 'http://prometheus/?tenant=a' }, /has a query in its address/],
    [{ requests: 'sum(x)' }, /"sum\(x\)": is not the name of a metric/],
    [{ headers: { 'x-key': 'secret@\nx' } }, /header "x-key" .* cannot be sent/],
    [{ headers: { 'x key': 'a' } }, /header "x key" .* cannot be sent/],
    [{ where: { 'a-b': 'c' } }, /"a-b": is not the name of a label/],
  ])('is refused with %j', (options, message) => {
    const make = () => prometheusSource({ ...shop, url: 'http://prometheus', interval, ...options });
    expect(make).toThrow(message);
    expect(make).not.toThrow('secret@');
  });
});
