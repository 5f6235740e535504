import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { observeShare } from '../../../activities/probe/observe.js';
import { readObservation, type ObserveOptions } from '../../../activities/probe/options.js';
import { Refusal } from '../../../src/engine/base/errors.js';

const paths = { template: '/customers/{n}', from: 1, to: 100_000 };
const never = new AbortController().signal;

async function anApplication(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(() => closed()));
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('observing an application', () => {
  it('asks spread keys and counts the arms, whatever the status', async () => {
    const asked = new Set<number>();
    const url = await anApplication((request, response) => {
      const n = Number(request.url?.split('/').at(-1));
      asked.add(n);
      response.writeHead(n % 3 === 0 ? 404 : 200, { 'x-arm': n < 20_000 ? 'candidate' : 'baseline' });
      response.end('x'.repeat(100_000));
    });
    expect(await observeShare({ url, paths }, never)).toEqual({ asked: 50, candidate: 10, baseline: 40 });
    expect(asked.size).toBe(50);
    expect(Math.min(...asked)).toBe(1);
    expect(Math.max(...asked)).toBe(98_001);
  });

  it('reads the header and the words that the application uses', async () => {
    const url = await anApplication((_, response) => response.setHeader('variant', 'blue').end());
    const options = {
      url,
      paths: { ...paths, to: 3 },
      header: 'Variant',
      candidate: 'green',
      baseline: 'blue',
    };
    expect(await observeShare(options, never)).toEqual({ asked: 3, candidate: 0, baseline: 3 });
  });

  it.each(['', 'maybe'])('takes an answer with the arm %j for no evidence', async (arm) => {
    const url = await anApplication((_, response) => {
      if (arm !== '') response.setHeader('x-arm', arm);
      response.writeHead(503).end('<html>');
    });
    const error = await failureOf(observeShare({ url, paths }, never));
    expect(error).not.toBeInstanceOf(Refusal);
    expect(String(error)).toMatch(
      /answered 503 with .*x-arm.*nobody can tell its arm; let the application send x-arm/,
    );
  });

  it('says that nobody listens', async () => {
    const error = await failureOf(observeShare({ url: 'http://127.0.0.1:1', paths }, never));
    expect(error).not.toBeInstanceOf(Refusal);
    expect(String(error)).toMatch(
      /127.0.0.1:1\/customers\/\d+ cannot be reached \(.+\); start the application/,
    );
  });

  it('says that no answer comes', async () => {
    const url = await anApplication(() => undefined);
    await expect(observeShare({ url, paths, timeout: 50 }, never)).rejects.toThrow(/no answer within 50 ms/);
  });

  it('stops when it is told to', async () => {
    const url = await anApplication(() => undefined);
    const reason = new Error('the rollout was cancelled');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 20);
    expect(await failureOf(observeShare({ url, paths, timeout: 60_000 }, stop.signal))).toBe(reason);
  });
});

describe('the options of an observation', () => {
  const good: ObserveOptions = { url: 'http://127.0.0.1:1/', paths };

  it('ask each key once where there are few', () => {
    const { urls } = readObservation({ ...good, paths: { ...paths, from: 7, to: 9 } });
    expect(urls.map(String)).toEqual([7, 8, 9].map((n) => `http://127.0.0.1:1/customers/${n}`));
  });

  it.each<[Partial<ObserveOptions>, RegExp]>([
    [{ url: 'shop' }, /observation of shop: is not an http address; write one such as/],
    [{ url: 'file:///etc' }, /is not an http address/],
    [
      { paths: { ...paths, template: '/customers' } },
      /template "\/customers"; begin it with \/ and put \{n\}/,
    ],
    [{ paths: { ...paths, template: '{n}' } }, /begin it with \//],
    [{ paths: { ...paths, from: 5, to: 4 } }, /numbers from 5 to 4/],
    [{ paths: { ...paths, from: 0.5 } }, /two whole numbers/],
    [{ samples: 0 }, /asks 0 samples/],
    [{ candidate: 'baseline' }, /calls both arms "baseline"/],
  ])('refuse %j', (wrong, message) => {
    expect(() => readObservation({ ...good, ...wrong })).toThrow(message);
  });
});
