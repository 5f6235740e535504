import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BadAnswer } from '../../activities/metrics/bad-answer.js';
import type { MetricsSource } from '../../activities/metrics/ports.js';
import { MeasuredSource } from '../../activities/sentinel/measured-source.js';
import type { Arm, ArmCounters, Scrape } from '../../src/analysis/arms.js';
import { readGuard } from '../../src/analysis/read-guard.js';
import { increaseOver } from '../../src/analysis/sample.js';
import { listen, type HttpServer } from '../activities/metrics/http-server.js';
import { shop } from '../activities/metrics/shop-process.js';
import { fulfilsSourceContract } from '../activities/metrics/source-contract.js';
import { absolute, guardOf, subscriptionOf } from '../analysis/given.js';
import { DebianPrometheus } from './debian-prometheus.js';
import { ScrapedShop } from './scraped-shop.js';
import { untilTrue } from './until.js';

const never = new AbortController().signal;
const arms: readonly Arm[] = ['baseline', 'candidate'];
let prometheus: DebianPrometheus;
const shops: ScrapedShop[] = [];
const doors: HttpServer[] = [];
beforeAll(async () => {
  prometheus = await DebianPrometheus.start();
});
afterAll(() => prometheus.stop());
afterEach(async () => {
  await Promise.all([
    ...shops.splice(0).map((shop) => shop.close()),
    ...doors.splice(0).map((d) => d.stop()),
  ]);
});

async function openShop(count: number): Promise<ScrapedShop> {
  const opened = await ScrapedShop.open(prometheus, count);
  shops.push(opened);
  return opened;
}

/** A way to Prometheus that can be shut without ending it. */
async function openDoor(): Promise<HttpServer> {
  const door = await listen((request, response) => {
    void fetch(`${prometheus.url}${request.url}`).then(async (answer) => {
      const type = answer.headers.get('content-type') ?? '';
      response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
    });
  });
  doors.push(door);
  return { ...door, url: new URL(door.url).origin };
}

/** A guard whose look-back outlives every test, and whose newest measurement may be 3 s old. */
const guard = guardOf(absolute(0.1), undefined, {
  interval: 1_000,
  lookBack: 300_000,
  minRequests: 20,
  maxAge: 3_000,
});
const judge = (scrapes: readonly Scrape[], percent = 5) =>
  readGuard(guard, subscriptionOf([guard], { percent }), scrapes, Date.now());

describe('the real Prometheus', () => {
  fulfilsSourceContract(async () => {
    const opened = await openShop(1);
    const door = await openDoor();
    const { process } = opened.instance(0);
    return {
      source: opened.source({ url: door.url }),
      serve: process.serve.bind(process),
      scraped: () => opened.scraped(),
      shutDown: () => door.stop(),
    };
  });

  it('counts what direct scrapes of its processes count, also when one restarts', async () => {
    const opened = await openShop(2);
    const { instances } = opened;
    const source = opened.source();
    const traffic = (round: number) =>
      instances.forEach(({ process }, index) => {
        process.serve('baseline', 100 + 7 * round + index, round, 0.05);
        process.serve('candidate', 20 + 3 * round, 2 * index + round, round % 2 === 0 ? 0.005 : 0.5);
      });
    const summed: Scrape[] = [];
    const direct: Scrape[][] = instances.map(() => []);
    for (let round = 0; round < 4; round += 1) {
      if (round === 2) opened.instance(0).process.restart();
      traffic(round);
      await opened.scraped();
      summed.push(await source.scrape(never));
      for (const [index, instance] of instances.entries()) {
        direct[index]?.push(await instance.direct().scrape(never));
      }
    }
    for (const arm of arms) {
      const [a, b] = direct.map((scrapes) => increaseOver(arm, scrapes));
      const all = increaseOver(arm, summed);
      expect(counts(all)).toEqual(sum(counts(a), counts(b)));
      expect(all.sum).toBeCloseTo((a?.sum ?? NaN) + (b?.sum ?? NaN));
      expect(all.requests).toBeGreaterThan(0);
    }
  });

  it('tells the whole look-back at once, as those tell it who scraped all along', async () => {
    const opened = await openShop(2);
    const along = opened.source();
    const scrapes: Scrape[] = [];
    for (let round = 0; round < 3; round += 1) {
      opened.instance(0).process.serve('candidate', 30, 1, 0.05);
      opened.instance(1).process.serve('candidate', 30, 20, 0.5);
      await opened.scraped();
      scrapes.push(await along.scrape(never));
    }
    const measured = new MeasuredSource(opened.source());
    await measured.measure(never, 60_000, 1_000);
    expect(measured.lastError).toBeUndefined();
    expect(counts(increaseOver('candidate', measured.scrapes))).toEqual(
      counts(increaseOver('candidate', scrapes)),
    );
    expect(judge(measured.scrapes)).toMatchObject({ verdict: 'fail', value: 0.35 });
    opened.instance(0).process.serve('candidate', 60, 0, 0.05);
    await opened.scraped();
    await measured.measure(never, 60_000, 1_000);
    expect(increaseOver('candidate', measured.scrapes)).toMatchObject({ requests: 180, failed: 42 });
  });

  it('is no evidence of an arm whose only process died, while the other arm is measured', async () => {
    const opened = await openShop(2);
    const measured = new MeasuredSource(opened.source());
    const serve = () => {
      opened.instance(0).process.serve('baseline', 30, 0, 0.05);
      opened.instance(1).process.serve('candidate', 30, 0, 0.05);
    };
    serve();
    await opened.scraped();
    await measured.measure(never, 60_000, 1_000);
    serve();
    await opened.scraped();
    await measured.measure(never, 60_000, 1_000);
    expect(judge(measured.scrapes).verdict).toBe('pass');
    await opened.instance(1).die();
    await untilTrue('the candidate is no evidence any more', async () => {
      await measured.measure(never, 60_000, 1_000);
      return judge(measured.scrapes).verdict === 'no-evidence';
    });
    expect(increaseOver('candidate', measured.scrapes).requests).toBeGreaterThanOrEqual(20);
    opened.instance(0).process.serve('baseline', 30, 0, 0.05);
    await opened.scraped([opened.instance(0)]);
    await measured.measure(never, 60_000, 1_000);
    expect(judge(measured.scrapes)).toMatchObject({
      verdict: 'no-evidence',
      reason: expect.stringContaining('the candidate was measured last '),
    });
    expect(judge(measured.scrapes, 0).verdict).toBe('pass');
  });

  it('is no evidence when every process died, although counters are still there to be read', async () => {
    const opened = await openShop(1);
    const measured = new MeasuredSource(opened.source());
    for (let round = 0; round < 2; round += 1) {
      opened.instance(0).process.serve('candidate', 30, 0, 0.05);
      await opened.scraped();
      await measured.measure(never, 60_000, 1_000);
    }
    expect(judge(measured.scrapes).verdict).toBe('pass');
    await opened.instance(0).die();
    await untilTrue('nothing is evidence any more', async () => {
      await measured.measure(never, 60_000, 1_000);
      return judge(measured.scrapes).verdict === 'no-evidence';
    });
    expect(increaseOver('candidate', measured.scrapes).requests).toBeGreaterThanOrEqual(20);
    await untilTrue('the source has nothing to read', async () => {
      await measured.measure(never, 60_000, 1_000);
      return /has no sample of/.test(measured.lastError?.message ?? '');
    });
  });

  it('is asked for label values as they are, whatever is in them', async () => {
    const hostile = ['"', '\\', 'a\nb', '.*', 'a|b', '"} or vector(1) #', 'größe \u2028', '$1'];
    const opened = await openShop(1);
    const { process } = opened.instance(0);
    const sources = hostile.map((text) =>
      opened.source({ arm: { ...shop.arm, candidate: text }, where: { route: text } }),
    );
    const scrapes: Scrape[][] = hostile.map(() => []);
    for (const failed of [0, 3]) {
      for (const text of hostile) {
        process.serve(text, 10, failed, 0.05, text);
        process.serve('a', 100, 100, 0.05, text);
        process.serve(text, 100, 100, 0.05, 'a');
      }
      await opened.scraped();
      for (const [index, source] of sources.entries()) scrapes[index]?.push(await source.scrape(never));
    }
    for (const of of scrapes) {
      expect(increaseOver('candidate', of)).toMatchObject({ requests: 10, failed: 3 });
    }
  });

  it('says what is wrong with its address or with what is looked for', async () => {
    const opened = await openShop(1);
    opened.instance(0).process.serve('candidate', 10, 1, 0.05);
    await opened.scraped();
    const fault = (source: MetricsSource) => source.scrape(never).catch((error: unknown) => error);
    const elsewhere = await fault(opened.source({ url: `${prometheus.url}/graph` }));
    expect(elsewhere).toBeInstanceOf(BadAnswer);
    const nothing = await fault(opened.source({ requests: 'shop_request_total' }));
    expect(nothing).not.toBeInstanceOf(BadAnswer);
    expect(String(nothing)).toMatch(/has no sample of shop_request_total that fits \{/);
    const label = await fault(opened.source({ failed: { outcom: 'error' } }));
    expect(label).toBeInstanceOf(BadAnswer);
    expect(String(label)).toMatch(/without a label outcom; the nearest label names are outcome/);
    const misspelt = await fault(opened.source({ failed: { outcome: 'eror' } }));
    expect(misspelt).toBeInstanceOf(BadAnswer);
    expect(String(misspelt)).toMatch(/with outcome="eror", but with outcome="error"/);
  });

  it('says what has never been counted, and what there is', async () => {
    const opened = await openShop(1);
    opened.instance(0).process.serve('candidate', 10, 1, 0.05, 'size "L" \\ ü');
    opened.instance(0).process.serve('baseline', 10, 0, 0.05);
    await opened.scraped();
    const { missing } = await opened.source({ failed: { outcome: 'failed' } }).scrape(never);
    expect(missing?.map(({ text }) => text)).toEqual([
      'no failure counted so far: shop_requests_total has no outcome="failed", only "error", "ok"',
    ]);
    const where = { route: 'size "L" \\ ü' };
    const there = await opened.source({ where, failed: { outcome: 'error', ...where } }).scrape(never);
    expect(there).not.toHaveProperty('missing');
  });
});

function counts(counters: ArmCounters | undefined): number[] {
  if (counters === undefined) throw new Error('nothing was counted');
  const { requests, failed, durations } = counters;
  return [requests, failed, ...durations.map(({ count }) => count)];
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value + (b[index] ?? NaN));
}
