import { describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import type { PrometheusOptions } from '../../../activities/metrics/prometheus-source.js';
import type { FakePrometheus } from './fake-prometheus.js';
import { never, scrapedShop } from './scraped-shop.js';

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
