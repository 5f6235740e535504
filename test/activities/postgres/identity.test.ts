import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresAdapter } from '../../../activities/postgres/adapter.js';
import { ask, noLocks } from '../../../src/environment/locks/table.js';
import type { Target } from '../../../src/engine/plan/plan.js';
import { work } from '../../../src/testing/index.js';
import { freshDatabase, type FreshDatabase } from '../../support/servers.js';

let database: FreshDatabase;
let elsewhere: FreshDatabase;
let adapter: ReturnType<typeof createPostgresAdapter>;
const client = async (url: string, ...statements: string[]) => {
  const one = new pg.Client({ connectionString: url });
  await one.connect();
  for (const statement of statements) await one.query(statement);
  await one.end();
};

beforeAll(async () => {
  [database, elsewhere] = [await freshDatabase(), await freshDatabase()];
  await client(
    database.url,
    'CREATE SCHEMA billing',
    'CREATE TABLE billing.shipment (id int)',
    'CREATE TABLE billing."Odd" (id int)',
    'CREATE TABLE billing.event (id int) PARTITION BY RANGE (id)',
    'CREATE TABLE public.event_1 PARTITION OF billing.event FOR VALUES FROM (0) TO (10)',
    'CREATE TABLE public.event_2 PARTITION OF billing.event FOR VALUES FROM (10) TO (20)',
    'CREATE TABLE public.parcel (weight int) INHERITS (billing.shipment)',
  );
  await client(elsewhere.url, 'CREATE SCHEMA billing', 'CREATE TABLE billing.shipment (id int)');
  const withPath = new URL(database.url);
  withPath.searchParams.set('options', '-c search_path=billing,public');
  withPath.hostname = withPath.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  adapter = createPostgresAdapter({
    environment: 'test',
    databases: {
      shop: { url: withPath.href },
      'shop.main': { url: database.url },
      other: { url: elsewhere.url },
    },
  });
});
afterAll(async () => {
  await adapter.close();
  await Promise.all([database.drop(), elsewhere.drop()]);
});

/** Whether the second of two, who ask for a target each, stands in line. */
async function waits(first: Target, second: Target): Promise<boolean> {
  const asking = async (target: Target, askedAt: number) => ({
    rollout: String(askedAt),
    owner: 'team',
    scope: [target],
    things: { [target]: await adapter.identify!(target, work()) },
    wait: true,
    askedAt,
  });
  const { table } = ask(noLocks, await asking(first, 1), 1);
  return ask(table, await asking(second, 2), 2).answer.status === 'queued';
}

describe('two names are one target', () => {
  test.each<[string, Target, Target]>([
    ['by the search path and by schema', 'table:shop.shipment', 'table:shop.billing.shipment'],
    ['in another case', 'table:shop.Shipment', 'table:shop.billing.shipment'],
    ['in quotes', 'table:shop."shipment"', 'table:shop.BILLING.shipment'],
    ['in quotes that matter', 'table:shop.Odd', 'table:shop."billing"."Odd"'],
    [
      'under two names of the database, and two addresses',
      'table:shop.shipment',
      'table:shop.main.billing.shipment',
    ],
    ['the database itself', 'table:shop', 'table:shop.main.billing.shipment'],
    ['a table and its partition', 'table:shop.event', 'table:shop.main.public.event_1'],
    ['a table and one that inherits from it', 'table:shop.shipment', 'table:shop.main.parcel'],
    ['a table that is not there yet', 'table:shop.coming', 'table:shop.main.billing.coming'],
    ['a schema and a table in it', 'table:shop.main.billing', 'table:shop.shipment'],
  ])('%s', async (_how, one, other) => {
    expect([await waits(one, other), await waits(other, one)]).toEqual([true, true]);
  });
});

describe('other things stay apart', () => {
  test.each<[string, Target, Target]>([
    ['the same name in another database', 'table:shop.shipment', 'table:other.billing.shipment'],
    ['two partitions of one table', 'table:shop.event_1', 'table:shop.main.public.event_2'],
    ['another table of the schema', 'table:shop.shipment', 'table:shop.billing."Odd"'],
    ['a table that is not there, in another schema', 'table:shop.coming', 'table:shop.main.public.coming'],
    ['what is no table', 'flag:shop.shipment', 'table:shop.shipment'],
  ])('%s', async (_how, one, other) => {
    expect([await waits(one, other), await waits(other, one)]).toEqual([false, false]);
  });
});

test('a name whose database cannot be reached is an error, which may fix, and nothing that is granted', async () => {
  const url = new URL(database.url);
  url.port = '1';
  const blind = createPostgresAdapter({ environment: 'test', databases: { shop: { url: url.href } } });
  await expect(blind.identify!('table:shop.shipment', work())).rejects.toThrow(/cannot be reached/);
  await blind.close();
});

test('a role that may not read which server it is gets told the right that it lacks', async () => {
  const role = `blind_${Date.now()}`;
  const url = new URL(database.url);
  await client(
    database.url,
    `CREATE ROLE ${role} LOGIN PASSWORD 'x'`,
    'REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC',
  );
  [url.username, url.password] = [role, 'x'];
  const blind = createPostgresAdapter({ environment: 'test', databases: { shop: { url: url.href } } });
  await expect(blind.identify!('table:shop.shipment', work())).rejects.toThrow(
    /GRANT EXECUTE ON FUNCTION pg_control_system\(\)/,
  );
  await blind.close();
  await client(database.url, `DROP ROLE ${role}`);
});
