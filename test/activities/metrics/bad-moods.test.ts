import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import { longestAnswer } from '../../../activities/metrics/body.js';
import { expositionSource, type ExpositionOptions } from '../../../activities/metrics/exposition-source.js';
import { listen, type HttpServer } from './http-server.js';
import { shop, ShopProcess } from './shop-process.js';

const never = new AbortController().signal;
const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function sourceOf(answer: RequestListener, options: Partial<ExpositionOptions> = {}) {
  const server = await listen(answer);
  servers.push(server);
  return expositionSource({ ...shop, url: server.url, ...options });
}

/** What a shop with both arms and both outcomes exposes. */
async function exposition(): Promise<string> {
  const process = new ShopProcess();
  process.serve('baseline', 100, 1, 0.05);
  process.serve('candidate', 20, 5, 0.3);
  return process.exposition();
}

type Change = (text: string) => string;

/** A source whose exposition is changed on its way. */
async function changed(change: Change, type = 'text/plain; version=0.0.4') {
  const text = change(await exposition());
  return sourceOf((_, response) => void response.setHeader('content-type', type).end(text));
}

const counter = /^(shop_requests_total\{arm="candidate",outcome="error".*\}) .*$/m;
const counted =
  (text: string): Change =>
  (whole) =>
    whole.replace(counter, `$1 ${text}`);
const stamped =
  (ms: number): Change =>
  (whole) =>
    whole.replace(/^(shop_\S+ \S+)$/gm, (line) => `${line} ${Date.now() + ms}`);

describe('an exposition whose numbers cannot be so', () => {
  it.each<[string, Change, RegExp]>([
    ['NaN', counted('NaN'), /its shop_requests_total\{.*"error".*\} is NaN, and a count is a finite number/],
    ['endless', counted('+Inf'), /is Infinity, and a count is/],
    ['below zero', counted('-5'), /is -5, and a count is/],
    [
      'a bucket below zero',
      (text) => text.replace(/^(shop_request_duration_seconds_bucket\{le="0.01".*\}) .*$/m, '$1 -1'),
      /_bucket\{le="0.01".*\} is -1, and a count is/,
    ],
    [
      'a bucket with less than the one below',
      (text) => text.replace(/^(.*_bucket\{le="1",arm="baseline".*\}) .*$/m, '$1 7'),
      /its shop_request_duration_seconds_bucket\{arm="baseline".*\} has less in the bucket le="1" than/,
    ],
    [
      'no last bucket',
      (text) => text.replace(/^.*le="\+Inf",arm="candidate".*$/m, ''),
      /its .*_bucket\{arm="candidate".*\} has no bucket le="\+Inf", so it is not whole/,
    ],
    [
      'one series with two values',
      (text) => text.replace(counter, '$&\n$1 77'),
      /its shop_requests_total\{.*\} stands twice, with 5 and 77/,
    ],
    [
      'one bucket written in two ways',
      (text) => text.replace(/^(.*_bucket\{le=")1(",arm="candidate".*)$/m, '$&\n$11.0$2'),
      /has the bucket le="1" twice/,
    ],
    [
      'cut off in a number',
      (text) => text.slice(0, text.search(counter)) + (counter.exec(text)?.[0] ?? ''),
      /its answer ends in the middle of shop_requests_total: .* it may have been cut off/,
    ],
    ['nothing', () => '\n', /it answers with nothing/],
  ])('is not read, and may be soon: %s', async (_, change, message) => {
    const source = await changed(change);
    const error = await source.scrape(never).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(BadAnswer);
    expect(String(error)).toMatch(/^Error: http.*\/metrics cannot be read: /);
    expect(String(error)).toMatch(message);
  });

  it.each<[string, Change, string?]>([
    ['every line twice', (text) => text.replace(/^shop_.*$/gm, '$&\n$&')],
    ['lines that end as on another system', (text) => text.replaceAll('\n', '\r\n')],
    ['no line feed after what is not ours', (text) => `${text}other 1`],
    ['the mark of OpenMetrics', (text) => `${text}# EOF\n`],
    ['OpenMetrics', (text) => `${text}# EOF\n`, 'application/openmetrics-text; version=1.0.0'],
    ['a great deal of others', (text) => text + 'filler{i="1",pod="a"} 1\n'.repeat(100_000)],
    ['a sum that is none', (text) => text.replace(/^(.*_sum\{.*\}) .*$/gm, '$1 NaN')],
    ['its own time', stamped(0)],
  ])('is read all the same with %s', async (_, change, type) => {
    const { arms } = await (await changed(change, type)).scrape(never);
    expect(arms).toMatchObject({
      baseline: { requests: 100, failed: 1 },
      candidate: { requests: 20, failed: 5 },
    });
    expect(arms.candidate?.durations.at(-1)).toEqual({ le: Infinity, count: 20 });
  });

  it('is no OpenMetrics without the mark at its end', async () => {
    const source = await changed((text) => text, 'application/openmetrics-text; version=1.0.0');
    await expect(source.scrape(never)).rejects.toThrow(/the mark "# EOF" is missing: it was cut off/);
  });
});

describe('an exposition with times of its own', () => {
  it('is as old as the oldest of them', async () => {
    const scrape = await (await changed(stamped(-600_000))).scrape(never);
    expect(scrape.stamped).toBe(true);
    expect(Date.now() - scrape.at).toBeGreaterThanOrEqual(600_000);
  });

  it('is refused when they are to come, as clocks that are apart', async () => {
    await expect((await changed(stamped(600_000))).scrape(never)).rejects.toThrow(
      /has samples from 10 min ahead of this worker's clock; set both clocks by the same time/,
    );
  });

  it('says by how much its clock is apart', async () => {
    const text = await exposition();
    const dated = (ms: number, more: object = {}) =>
      sourceOf((_, response) => {
        response.writeHead(200, { date: new Date(Date.now() + ms).toUTCString(), ...more }).end(text);
      });
    const behind = await (await dated(-600_000)).scrape(never);
    expect(behind.clockAhead).toBeLessThan(-590_000);
    expect(await (await dated(0)).scrape(never)).not.toHaveProperty('clockAhead');
    expect(await (await dated(-600_000, { age: '600' })).scrape(never)).not.toHaveProperty('clockAhead');
  });
});

describe('an answer that does not come as it should', () => {
  it('is read when it is packed', async () => {
    const packed = gzipSync(await exposition());
    const source = await sourceOf((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    expect((await source.scrape(never)).arms).toHaveProperty('candidate');
  });

  it('is refused when it is too long, also when it was packed', async () => {
    const packed = gzipSync(Buffer.alloc(longestAnswer + 1, '#'));
    const source = await sourceOf((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    const refusal = source.scrape(never);
    await expect(refusal).rejects.toBeInstanceOf(BadAnswer);
    await expect(refusal).rejects.toThrow(
      /answers with more than 64 MB; name an address that answers with less/,
    );
  });

  it('is given up when it only drips, with how much had come', async () => {
    const source = await sourceOf((_, response) => void response.write('# TYPE'), { timeout: 300 });
    await expect(source.scrape(never)).rejects.toThrow(
      /cannot be read: its answer was not complete after 300 ms: 6 bytes had come/,
    );
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['is closed at once', (response) => response.destroy()],
    [
      'is shorter than it said',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('# TYPE', () => response.destroy());
      },
    ],
  ])('may come later when it %s', async (_, answer) => {
    const source = await sourceOf((_, response) => void answer(response));
    const error = await source.scrape(never).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/^Error: http.* cannot be read: \w/);
    expect(error).not.toBeInstanceOf(BadAnswer);
  });

  it('names where it was sent to, without what the address carries', async () => {
    const source = await sourceOf((request, response) => {
      if (request.url === '/metrics') response.writeHead(302, { location: '/login?token=s3cret' }).end();
      else response.setHeader('content-type', 'text/html').end('<input type="password">');
    });
    const error = String(await source.scrape(never).catch((reason: unknown) => reason));
    expect(error).toMatch(
      /\/metrics sends us to http:\S+\/login, which answers with text\/html, a web page, as/,
    );
    expect(error).not.toContain('s3cret');
  });

  it('never shows what stands in the query of an address', async () => {
    const server = await listen((_, response) => void response.writeHead(500).end('s3cret'));
    servers.push(server);
    const source = expositionSource({ ...shop, url: `${server.url}?token=s3cret` });
    const error = String(await source.scrape(never).catch((reason: unknown) => reason));
    expect(error).toBe(`Error: ${server.url} cannot be read: it answers with status 500`);
  });
});

describe('a label of the settings that an exposition has never had', () => {
  const missing = async (options: Partial<ExpositionOptions>) => {
    const text = await exposition();
    return (await sourceOf((_, response) => void response.end(text), options)).scrape(never);
  };

  it.each<[Partial<ExpositionOptions>, readonly RegExp[]]>([
    [
      { failed: { outcome: 'failed' } },
      [/^no failure counted so far: shop_requests_total has no outcome="failed", only "error", "ok"$/],
    ],
    [
      { failed: { outcome: 'error', route: '/basket' } },
      [/^no failure counted so far: shop_requests_total has no route="\/basket", only "\/"$/],
    ],
    [
      { where: { route: '/basket' } },
      [/^nothing counted that is asked for: shop_requests_total has no route="\/basket", only "\/"$/],
    ],
    [
      { arm: { label: 'arm', baseline: 'baseline', candidate: 'canary' } },
      [/^candidate not counted so far: .* has no arm="canary", only "baseline", "candidate"$/],
    ],
  ])('is told with what there is: %j', async (options, texts) => {
    const scrape = await missing(options);
    expect(scrape.missing?.map(({ text }) => text)).toEqual(texts.map((text) => expect.stringMatching(text)));
  });

  it.each<[Partial<ExpositionOptions>, RegExp]>([
    [
      { failed: { outcome: 'Error' } },
      /no shop_requests_total with outcome="Error", but with outcome="error"/,
    ],
    [{ failed: { outcome: 'eror' } }, /with outcome="eror", but with outcome="error"; correct the source's/],
    [{ arm: { label: 'arm', baseline: 'baseline', candidate: 'candidat' } }, /but with arm="candidate"/],
    [{ failed: { outcom: 'error' } }, /without a label outcom; the nearest label names are outcome/],
  ])('is refused when it is most likely misspelt: %j', async (options, message) => {
    const refusal = missing(options);
    await expect(refusal).rejects.toBeInstanceOf(BadAnswer);
    await expect(refusal).rejects.toThrow(message);
  });

  it('is not told any more once it came, also when the process begins anew', async () => {
    const process = new ShopProcess();
    const serve = () => process.serve('candidate', 10, 0, 0.05);
    const source = await sourceOf((_, response) => {
      void process.exposition().then((text) => response.end(text));
    });
    expect(await source.scrape(never)).not.toHaveProperty('missing');
    serve();
    process.serve('baseline', 10, 0, 0.05);
    expect((await source.scrape(never)).missing).toHaveLength(1);
    process.serve('candidate', 1, 1, 0.05);
    expect(await source.scrape(never)).not.toHaveProperty('missing');
    process.restart();
    serve();
    expect(await source.scrape(never)).not.toHaveProperty('missing');
  });
});
