import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { upsetsFaultyCandidate } from '../../demo/shop/fault.js';
import { writeInitialFlags } from '../../demo/shop/initial-flags.js';
import { FAMILY } from '../../demo/shop/names.js';
import { startShop, type RunningShop } from '../../demo/shop/server.js';
import { expose } from './flags.js';
import { EXPAND, shopDatabase, type ShopDatabase } from './shop-database.js';
import { eventually } from '../support/eventually.js';

let directory: string;
let flagsFile: string;
let database: ShopDatabase;
let shop: RunningShop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shop-'));
  flagsFile = join(directory, 'flags.json');
  await writeInitialFlags(flagsFile);
  database = await shopDatabase(200);
  await database.execute(EXPAND);
  shop = await startShop({
    databaseUrl: database.url,
    flagsFile,
    candidate: 'good',
    port: 0,
    metricsPort: 0,
  });
});

afterAll(async () => {
  await shop.stop();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly arm: string | null;
  readonly fault: string | null;
  readonly body: Record<string, unknown>;
}

async function ask(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${shop.url}${path}`, init);
  return {
    status: response.status,
    arm: response.headers.get('x-arm'),
    fault: response.headers.get('x-fault'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

async function switchTo(arm: 'baseline' | 'candidate'): Promise<void> {
  await expose(flagsFile, arm === 'candidate' ? 100 : 0);
  await eventually(async () => expect((await ask('GET', '/customers/1')).arm).toBe(arm));
}

const maryAnn = { name: { given: 'Mary Ann', family: 'Smith' } };
const metricsText = async (): Promise<string> => (await fetch(shop.metricsUrl)).text();

describe('a customer served by', () => {
  test.each([
    ['baseline', { given: 'Mary', family: 'Ann Smith', full: 'Mary Ann Smith' }],
    ['candidate', { given: 'Mary Ann', family: 'Smith', full: 'Mary Ann Smith' }],
  ] as const)('the %s is renamed, read, found, created and places orders', async (arm, name) => {
    await switchTo(arm);
    expect(await ask('PATCH', '/customers/7', maryAnn)).toMatchObject({
      status: 200,
      arm,
      body: { id: 7, name },
    });
    const order = await ask('POST', '/customers/7/orders', { totalCents: 1234 });
    expect(order).toMatchObject({ status: 201, arm, body: { customerId: 7, totalCents: 1234 } });
    const read = await ask('GET', '/customers/7');
    expect(read).toMatchObject({ status: 200, arm, body: { id: 7, name } });
    expect(read.body['orders']).toContainEqual(order.body);
    const found = await ask('GET', `/customers?family=${encodeURIComponent(name.family)}`, undefined, {
      'x-session': 's',
    });
    expect(found.body['customers']).toContainEqual(expect.objectContaining({ id: 7 }));
    const made = { ...maryAnn, email: `${arm}@example.test`, region: 'north' };
    const created = await ask('POST', '/customers', made, { 'x-session': 's1' });
    expect(created).toMatchObject({ status: 201, arm, body: { name, email: made.email } });
    // Written by either arm, the row is whole in both.
    expect(
      await database.execute(`select full_name, first_name || ' ' || last_name as parts from shop.customer
        where id = ${Number(created.body['id'])}`),
    ).toEqual([{ full_name: 'Mary Ann Smith', parts: 'Mary Ann Smith' }]);
  });

  test('the same arm each time while half of all see the candidate', async () => {
    await expose(flagsFile, 50);
    const arms = async (): Promise<(string | null)[]> =>
      Promise.all(
        Array.from({ length: 100 }, async (_, index) => (await ask('GET', `/customers/${index + 1}`)).arm),
      );
    await eventually(async () => expect(new Set(await arms()).size).toBe(2));
    expect(await arms()).toEqual(await arms());
  });
});

describe('a shop asked for what it cannot do', () => {
  beforeEach(() => switchTo('baseline'));

  test.each([
    ['GET', '/customers/999999', undefined, 404],
    ['PATCH', '/customers/999999', maryAnn, 404],
    ['POST', '/customers/999999/orders', { totalCents: 5 }, 404],
    ['POST', '/customers/1/orders', { totalCents: 0.5 }, 400],
    ['PATCH', '/customers/1', { name: { given: 'Mary', family: ' ' } }, 400],
    ['PATCH', '/customers/1', [], 400],
    ['POST', '/customers', maryAnn, 400],
    ['GET', '/customers/one', undefined, 404],
    ['DELETE', '/customers/1', undefined, 404],
    ['GET', '//', undefined, 404],
  ])('answers %s %s %j with %i and names the arm', async (method, path, body, status) => {
    expect(await ask(method, path, body)).toMatchObject({ status, arm: 'baseline', fault: null });
  });

  test('answers 500 without x-fault when the database fails', async () => {
    await switchTo('candidate');
    await database.execute('alter table shop.customer rename first_name to elsewhere');
    try {
      expect(await ask('GET', '/customers/1')).toMatchObject({ status: 500, arm: 'candidate', fault: null });
    } finally {
      await database.execute('alter table shop.customer rename elsewhere to first_name');
    }
    expect((await ask('GET', '/customers/1')).status).toBe(200);
  });

  test('outlives the loss of its connections', async () => {
    await database.execute(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'demo-shop' and datname = current_database()`,
    );
    await eventually(async () => expect((await ask('GET', '/customers/1')).status).toBe(200));
  });
});

describe('a faulty candidate', () => {
  beforeEach(() => switchTo('candidate'));

  test('throws for some names, before it writes, and says whose fault it is', async () => {
    await ask('PATCH', '/customers/9', { name: { given: 'Anna', family: 'Adams' } });
    shop.setCandidate('throws');
    try {
      const refused = await ask('PATCH', '/customers/9', { name: { given: 'Jan', family: 'van Dijk' } });
      expect(refused).toMatchObject({ status: 500, arm: 'candidate', fault: 'candidate' });
      expect(await ask('GET', '/customers/9')).toMatchObject({
        status: 200,
        body: { name: { full: 'Anna Adams' } },
      });
      await switchTo('baseline');
      expect(
        await ask('PATCH', '/customers/9', { name: { given: 'Jan', family: 'van Dijk' } }),
      ).toMatchObject({
        status: 200,
        fault: null,
      });
    } finally {
      shop.setCandidate('good');
    }
  });

  test('throws for 30 to 50 of 100 family names', () => {
    const share = FAMILY.filter(upsetsFaultyCandidate).length / FAMILY.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.5);
  });

  test('is late when slow, and counted in flight meanwhile', async () => {
    shop.setCandidate('slow');
    try {
      const startedAt = performance.now();
      const answer = ask('GET', '/customers/9');
      await eventually(async () =>
        expect(await metricsText()).toContain('shop_requests_in_flight{arm="candidate"} 1'),
      );
      expect(await answer).toMatchObject({ status: 200, fault: null });
      expect(performance.now() - startedAt).toBeGreaterThan(800);
    } finally {
      shop.setCandidate('good');
    }
    await eventually(async () =>
      expect(await metricsText()).toContain('shop_requests_in_flight{arm="candidate"} 0'),
    );
  });
});

describe('metrics', () => {
  const count = async (arm: string, outcome: string, route: string): Promise<number> => {
    const label = `shop_requests_total{arm="${arm}",outcome="${outcome}",route="${route}"} `;
    const line = (await metricsText()).split('\n').find((text) => text.startsWith(label));
    return Number(line?.slice(label.length));
  };

  test('count each arm, route and outcome, from zero', async () => {
    expect(await count('baseline', 'error', 'search')).toBe(0);
    await switchTo('candidate');
    const [served, failed, other] = [
      await count('candidate', 'ok', 'order'),
      await count('candidate', 'error', 'rename'),
      await count('baseline', 'ok', 'order'),
    ];
    await ask('POST', '/customers/3/orders', { totalCents: 1 });
    shop.setCandidate('throws');
    await ask('PATCH', '/customers/3', { name: { given: 'Zoe', family: 'Zhang' } });
    shop.setCandidate('good');
    await eventually(async () => expect(await count('candidate', 'ok', 'order')).toBe(served + 1));
    await eventually(async () => expect(await count('candidate', 'error', 'rename')).toBe(failed + 1));
    expect(await count('baseline', 'ok', 'order')).toBe(other);
    expect(await metricsText()).toMatch(
      /shop_request_duration_seconds_bucket\{le="0\.005",arm="candidate"\} \d+/,
    );
  });

  test('can die and come back at the same address while customers are served', async () => {
    await shop.setMetrics('off');
    await shop.setMetrics('off');
    await expect(fetch(shop.metricsUrl)).rejects.toThrow();
    expect((await ask('GET', '/customers/1')).status).toBe(200);
    await shop.setMetrics('on');
    await shop.setMetrics('on');
    expect(await metricsText()).toContain('shop_requests_total');
  });
});
