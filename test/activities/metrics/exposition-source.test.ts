import { afterEach, describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import { expositionSource, type ExpositionOptions } from '../../../activities/metrics/exposition-source.js';
import { listen, type HttpServer } from './http-server.js';
import { shop, ShopProcess } from './shop-process.js';
import { fulfilsSourceContract } from './source-contract.js';

const never = new AbortController().signal;
const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function openShop(options: Partial<ExpositionOptions> = {}) {
  const process = new ShopProcess();
  const server = await process.open();
  servers.push(server);
  return {
    source: expositionSource({ ...shop, url: server.url, ...options }),
    serve: process.serve.bind(process),
    scraped: () => Promise.resolve(),
    shutDown: () => server.stop(),
  };
}

async function answerTo(text: string, type = 'text/plain; version=0.0.4', status = 200, timeout = 5_000) {
  const server = await listen((_, response) => {
    response.writeHead(status, { 'content-type': type }).end(text);
  });
  servers.push(server);
  const error = await expositionSource({ ...shop, url: server.url, timeout })
    .scrape(never)
    .catch((reason: unknown) => reason);
  return { error: error as BadAnswer, url: server.url };
}

describe('an exposition', () => {
  fulfilsSourceContract(openShop);

  it('is dated when it was asked for, and has no arm before the first request', async () => {
    const { source } = await openShop();
    const [before, scrape] = [Date.now(), await source.scrape(never)];
    expect(scrape.at).toBeGreaterThanOrEqual(before);
    expect(scrape.at).toBeLessThanOrEqual(Date.now());
    expect(scrape.arms).toEqual({});
  });

  it('counts only what has the labels that were asked for', async () => {
    const { source, serve } = await openShop({ where: { route: '/checkout' } });
    serve('candidate', 10, 3, 0.05, '/checkout');
    serve('candidate', 90, 9, 0.05, '/search');
    expect((await source.scrape(never)).arms.candidate).toMatchObject({ requests: 10, failed: 3 });
  });

  it('has no failure yet when no label says error', async () => {
    const { source, serve } = await openShop();
    serve('baseline', 10, 0, 0.05);
    expect((await source.scrape(never)).arms).toMatchObject({ baseline: { requests: 10, failed: 0 } });
  });

  it('names a metric that is missing and those most like it', async () => {
    const { source } = await openShop({ requests: 'shop_request_total' });
    await expect(source.scrape(never)).rejects.toThrow(
      /has no metric shop_request_total; the nearest metric names are shop_requests_total/,
    );
  });

  it('names a label that is missing and those there are', async () => {
    const { source, serve } = await openShop({ failed: { outcom: 'error' } });
    serve('baseline', 10, 1, 0.05);
    const error = await source.scrape(never).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadAnswer);
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/without a label outcom; the nearest .* outcome/),
    );
  });

  it('is not taken from a metric of another type', async () => {
    const { source } = await openShop({ duration: 'shop_requests_total' });
    await expect(source.scrape(never)).rejects.toThrow(
      /has shop_requests_total as a counter; a histogram is needed/,
    );
  });

  it.each([
    [
      'text/html',
      '<!doctype html>\n<title>Sign in</title> token=s3cret',
      'a web page, as it seems to sign in at',
    ],
    ['text/plain', '  <html><body>Oops s3cret</body></html>', 'a web page'],
    ['application/json', '{"token":"s3cret"}', 'application/json, 18 characters'],
    ['text/plain', '["s3cret"]', 'text/plain, 10 characters'],
    ['text/plain', 'shop s3cret s3cret s3cret', 'line 1: there is more than a value and a timestamp'],
    ['text/plain', 'shop_requests_total{token="s3cret} 1', 'line 1: the value of label token does not end'],
  ])('is not what %s %j is, of which nothing is told', async (type, text, told) => {
    const { error, url } = await answerTo(text, type);
    expect(error).toBeInstanceOf(BadAnswer);
    expect(error.badAnswer).toBe(true);
    expect(error.message).toContain(`${url} answers with ${type}`);
    expect(error.message).toContain(told);
    expect(error.message).not.toContain('s3cret');
    expect(error.message).toContain('it must be the address of a Prometheus text exposition');
  });

  it('is refused for good by a client error, for now by a server error, and quotes neither', async () => {
    const missing = await answerTo('Not here: token=s3cret', 'text/plain', 404);
    expect(missing.error).toBeInstanceOf(BadAnswer);
    expect(missing.error.message).toContain('answers with status 404 (text/plain, 22 characters)');
    const unknown = await answerTo('s3cret', 'text/plain', 401);
    expect(unknown.error.message).toMatch(
      /status 401 .*; let this worker in; credentials are for a prometheus/,
    );
    const broken = await answerTo('s3cret', 'text/plain', 503);
    expect(broken.error).not.toBeInstanceOf(BadAnswer);
    expect(broken.error.message).toBe(`${broken.url} cannot be read: it answers with status 503`);
    for (const { error } of [missing, unknown]) expect(error.message).not.toContain('s3cret');
  });

  it('names the address that refuses the connection', async () => {
    const { url, stop } = await listen(() => undefined);
    await stop();
    await expect(expositionSource({ ...shop, url }).scrape(never)).rejects.toThrow(
      new RegExp(`^${url} cannot be read: connect ECONNREFUSED`),
    );
  });

  it('is given up when it does not come in time', async () => {
    const server = await listen(() => undefined);
    servers.push(server);
    await expect(expositionSource({ ...shop, url: server.url, timeout: 50 }).scrape(never)).rejects.toThrow(
      `${server.url} cannot be read: no answer within 50 ms`,
    );
  });

  it('is given up at once when it is told to, also while it waits', async () => {
    const server = await listen(() => undefined);
    servers.push(server);
    const stop = new AbortController();
    const scrape = expositionSource({ ...shop, url: server.url }).scrape(stop.signal);
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(scrape).rejects.toThrow('enough');
  });

  it.each([
    ['shop:8080/metrics', 'is not an HTTP address'],
    ['file:///etc/passwd', 'is not an HTTP address'],
    ['http://user:secret@shop/metrics', 'its address holds credentials'],
  ])('cannot be at %s', (url, message) => {
    const make = () => expositionSource({ ...shop, url });
    expect(make).toThrow(message);
    expect(make).not.toThrow('secret');
  });
});
