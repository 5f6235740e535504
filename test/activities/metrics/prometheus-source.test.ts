import { afterEach, describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import { prometheusSource, type PrometheusOptions } from '../../../activities/metrics/prometheus-source.js';
import { increaseOver } from '../../../src/analysis/sample.js';
import { FakePrometheus } from './fake-prometheus.js';
import { shop, ShopProcess } from './shop-process.js';
import { fulfilsSourceContract } from './source-contract.js';

const never = new AbortController().signal;
/** Long, so that no slow machine makes a sample older than a test means it to be. */
const interval = 60_000;
const open: FakePrometheus[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
});

/** A Prometheus that scrapes when it is told to. The moment before is on its clock an interval ago, so it is settled. */
async function scrapedShop(options: Partial<PrometheusOptions> = {}) {
  const prometheus = await FakePrometheus.start();
  open.push(prometheus);
  const processes = new Map<string, ShopProcess>();
  const process = (instance: string) => {
    const found = processes.get(instance) ?? new ShopProcess();
    processes.set(instance, found);
    return found;
  };
  let last = 0;
  /** Scrapes these processes, or all; `age` is how long ago, in intervals. */
  const scraped = async (instances: readonly string[] = [...processes.keys()], age = 1) => {
    last = Math.max(last + 1, Date.now() - age * interval);
    for (const instance of instances) {
      prometheus.record(last, await process(instance).exposition(), { job: 'shop', instance });
    }
    return last;
  };
  const source = prometheusSource({ ...shop, url: prometheus.url, interval, ...options });
  return { prometheus, source, process, scraped };
}

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

describe('an answer that is none', () => {
  async function answer(change: FakePrometheus['change'], options: Partial<PrometheusOptions> = {}) {
    const { prometheus, source, process, scraped } = await scrapedShop(options);
    process('a').serve('candidate', 10, 0, 0.05);
    await scraped();
    await source.scrape(never);
    prometheus.change = change;
    await scraped();
    const error = await source.scrape(never).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(prometheus.url);
    return error as Error;
  }
  const withStatus =
    (status: number, text: string, type = 'text/plain'): FakePrometheus['change'] =>
    (_, response) => (response.writeHead(status, { 'content-type': type }), text);
  const valued =
    (values: unknown): FakePrometheus['change'] =>
    (matrix) => ({
      ...matrix,
      data: { ...matrix.data, result: matrix.data.result.map((series) => ({ ...series, values })) },
    });

  it.each<[string, FakePrometheus['change'], RegExp]>([
    [
      'HTML',
      withStatus(200, '<html>Sign in</html>', 'text/html'),
      /answers with text\/html, a web page, as it seems to sign in at/,
    ],
    ['no API', withStatus(404, '404 page not found'), /answers with status 404/],
    ['no access', withStatus(401, 'Unauthorized'), /answers with status 401/],
    ['a bad query', withStatus(400, '{"status":"error"}'), /answers with status 400/],
    ['a redirect', withStatus(302, 'Found'), /answers with status 302/],
    ['another JSON', () => ({ hello: 'world' }), /answers without data/],
    ['a list', () => [], /answers with application\/json, 2 characters/],
    [
      'a vector',
      (m) => ({ ...m, data: { ...m.data, resultType: 'vector' } }),
      /a vector instead of a matrix/,
    ],
    ['no result', (m) => ({ ...m, data: { resultType: 'matrix' } }), /instead of a matrix/],
    ['numbers as values', valued([[1_700_000_000, 1]]), /has a series that is none/],
    ['text as a time', valued([['now', '1']]), /has a series that is none/],
    ['an empty value', valued([[1_700_000_000, '']]), /has a series that is none/],
    ['histograms instead of values', valued(undefined), /has a series that is none/],
    [
      'the future',
      (m, response) => valued([[Date.now() / 1_000 + 3_600, '1']])(m, response),
      /has samples from 60 min ahead of this worker's clock; set both clocks/,
    ],
  ])('is an error for good: %s', async (_, change, message) => {
    const error = await answer(change);
    expect(error).toBeInstanceOf(BadAnswer);
    expect(error.message).toMatch(message);
  });

  it.each<[string, FakePrometheus['change'], RegExp]>([
    ['an outage', withStatus(503, 'Service Unavailable'), /answers with status 503/],
    ['no number', valued([[1_700_000_000, 'NaN']]), /its shop_requests_total\{.*\} is NaN, and a count is/],
    ['an endless counter', valued([[1_700_000_000, '+Inf']]), /is Infinity, and a count is a finite number/],
    ['a gauge below zero', valued([[1_700_000_000, '-1']]), /is -1, and a count is a finite number/],
    [
      'one series with two values',
      (m) => {
        const [first] = m.data.result;
        const again = first && { ...first, values: first.values.map(([at]): [number, string] => [at, '7']) };
        return { ...m, data: { ...m.data, result: [...m.data.result, ...(again ? [again] : [])] } };
      },
      /stands twice, with 10 and 7/,
    ],
    ['a limit', withStatus(429, 'Too Many Requests'), /answers with status 429/],
    [
      'a query that failed',
      () => ({ status: 'error', errorType: 'timeout', error: 'query timed out' }),
      /it answers timeout: query timed out/,
    ],
    [
      'a part of it',
      (m) => ({ ...m, warnings: ['store 10.0.0.7 is down'] }),
      /it answers in part only: .*store 10\.0\.0\.7 is down/,
    ],
    [
      'nothing',
      (m) => ({ ...m, data: { ...m.data, result: [] } }),
      /has no sample of shop_requests_total that/,
    ],
    [
      'requests without durations',
      (m) => ({
        ...m,
        data: {
          ...m.data,
          result: m.data.result.filter(({ metric }) => metric['__name__'] === 'shop_requests_total'),
        },
      }),
      /has no sample of shop_request_duration_seconds_bucket that fits \{__name__=~"shop_requests_total\|/,
    ],
  ])('may pass: %s', async (_, change, message) => {
    const error = await answer(change);
    expect(error).not.toBeInstanceOf(BadAnswer);
    expect(error.message).toMatch(message);
  });

  it('may pass when it does not come in time', async () => {
    const { prometheus, source } = await scrapedShop({ timeout: 50 });
    prometheus.change = () => undefined;
    await expect(source.scrape(never)).rejects.toThrow(
      /cannot be read: (no answer within 50 ms|its answer was not complete after 50 ms: 1 bytes had come)/,
    );
  });

  it('tells what the server says of a problem, but for credentials', async () => {
    const error = await answer(() => ({
      status: 'error',
      errorType: 'internal',
      error: 'upstream said no: token=s3cret, Authorization: "Bearer s3cret"',
    }));
    expect(error.message).toMatch(/it answers internal: upstream said no: token=\*\*\*/);
    expect(error.message).not.toContain('s3cret');
  });

  it('may be accompanied by remarks', async () => {
    const { prometheus, source, process, scraped } = await scrapedShop();
    process('a').serve('candidate', 10, 0, 0.05);
    await scraped();
    prometheus.change = (matrix) => ({ ...matrix, warnings: [], infos: ['metric might not be a counter'] });
    expect((await source.scrape(never)).arms).toHaveProperty('candidate');
  });
});

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
