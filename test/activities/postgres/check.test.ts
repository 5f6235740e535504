import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPostgresAdapter } from '../../../activities/postgres/adapter.js';
import { retiredName } from '../../../activities/postgres/names.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import { work } from '../../../src/testing/index.js';
import { act, acts, keyOf, names, shop, type Shop } from './given.js';

let place: Shop;
beforeEach(async () => {
  place = await shop(3, { patience: 300 });
});
afterEach(() => place.close());

const on = { db: 'shop', table: 'customer' };
const check = (given: Act): Promise<JsonObject> => place.adapter.check(given, work());

test('accepts every act of a plan before the first of them ran', async () => {
  for (const each of Object.values(acts))
    expect(await check(each)).toMatchObject({ table: '"public"."customer"' });
  expect(await place.query(`SELECT to_regnamespace('switchback')::text AS there`)).toEqual([{ there: null }]);
});

describe('refuses', () => {
  const cases: Record<string, [kind: string, input: JsonObject, message: RegExp]> = {
    'an unknown kind': ['postgres.explode', on, /no such action; choose one of postgres\.addColumns/],
    'a misspelt member': ['postgres.stopSync', { ...on, tabel: 1 }, /no input tabel/],
    'a missing table name': ['postgres.stopSync', { db: 'shop' }, /table is missing/],
    'an unknown database': ['postgres.stopSync', { ...on, db: 'shoop' }, /database shoop.*known are: shop/],
    'a column that is there': [
      'postgres.addColumns',
      { ...on, columns: [{ name: 'born', type: 'text' }] },
      /there already/,
    ],
    'a type with more to it': [
      'postgres.addColumns',
      { ...on, columns: [{ name: 'x', type: "text DEFAULT 'a'" }] },
      /is not a type/,
    ],
    'a key that is not unique': ['postgres.keepInSync', { ...on, ...names, key: 'full_name' }, /not unique/],
    'a key that is not there': ['postgres.keepInSync', { ...on, ...names, key: 'nr' }, /no such column/],
    'an expression over nothing known': [
      'postgres.backfill',
      { ...on, key: 'id', set: { first_name: 'upper(fullname)' } },
      /first_name: column "fullname" does not exist/,
    ],
    'an expression that is none': [
      'postgres.keepInSync',
      { ...on, ...names, back: { full_name: 'first_name ||' } },
      /syntax error/,
    ],
    'a column in both shapes': [
      'postgres.keepInSync',
      { ...on, key: 'id', forward: { full_name: '1' }, back: { full_name: '1' } },
      /in forward and in back/,
    ],
    'a batch of nothing': [
      'postgres.backfill',
      { ...on, key: 'id', set: { a: '1' }, batch: 0 },
      /batch is 0/,
    ],
  };
  test.each(Object.entries(cases))('%s', async (_title, [kind, input, message]) => {
    const refused = check(act('step', kind, input));
    await expect(refused).rejects.toBeInstanceOf(Refusal);
    await expect(refused).rejects.toThrow(message);
  });

  test('a table that is not there', async () => {
    await place.query('ALTER TABLE customer RENAME TO client');
    await expect(check(acts.add)).rejects.toThrow(
      /table customer of shop: there is none \(schemas searched: public\)/,
    );
  });

  test('a partitioned table, a view, and a table with heirs', async () => {
    await place.query('DROP TABLE customer; CREATE TABLE customer (id int) PARTITION BY RANGE (id)');
    await expect(check(acts.add)).rejects.toThrow(/partitioned/);
    await place.query('DROP TABLE customer; CREATE VIEW customer AS SELECT 1 AS id');
    await expect(check(acts.add)).rejects.toThrow(/not a table/);
    await place.query(
      'DROP VIEW customer; CREATE TABLE customer (id int); CREATE TABLE heir () INHERITS (customer)',
    );
    await expect(check(acts.add)).rejects.toThrow(/inherit/);
  });

  test('retiring a column that a trigger of the table names', async () => {
    await place.query(`CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN NEW.full_name := upper(NEW.full_name); RETURN NEW; END'`);
    await place.query('CREATE TRIGGER shout BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION shout()');
    await expect(check(acts.retire)).rejects.toThrow(/the function of trigger shout names it/);
  });

  test('a target that is not the table', async () => {
    await expect(check({ ...acts.add, target: 'table:shop.order' })).rejects.toThrow(
      /its target is table:shop\.order/,
    );
  });

  test('restoring a table from a capture', async () => {
    await expect(
      place.adapter.restore(acts.add, place.capture, keyOf(acts.add), work()),
    ).rejects.toBeInstanceOf(Refusal);
  });

  test('a database of another environment', async () => {
    await place.apply(acts.add);
    const other = createPostgresAdapter({
      databases: { shop: { url: place.url } },
      environment: 'production',
    });
    try {
      await expect(other.check(acts.sync, work())).rejects.toThrow(/belongs to environment test/);
      await expect(other.apply(acts.sync, keyOf(acts.sync), work())).rejects.toBeInstanceOf(Refusal);
    } finally {
      await other.close();
    }
  });

  test('a database that a shared environment has marked, also one of the same name', async () => {
    const databases = { shop: { url: place.url } };
    const shared = createPostgresAdapter({ databases, environment: 'test', kind: 'shared' });
    try {
      await shared.apply(acts.add, keyOf(acts.add), work());
      await shared.requireOwned();
      const refusal = /marked by test as a shared environment, and this worker says local/;
      await expect(place.adapter.requireOwned()).rejects.toThrow(refusal);
      await expect(place.adapter.check(acts.sync, work())).rejects.toThrow(refusal);
      await expect(place.apply(acts.sync)).rejects.toThrow(refusal);
    } finally {
      await shared.close();
    }
  });

  test('a shared environment where a local one was first, also when its build knew no kinds', async () => {
    await place.apply(acts.add);
    await place.query('ALTER TABLE switchback.environment DROP COLUMN kind');
    const databases = { shop: { url: place.url } };
    const shared = createPostgresAdapter({ databases, environment: 'test', kind: 'shared' });
    try {
      await shared.requireOwned();
      await place.apply(acts.sync);
      expect(await place.query('SELECT name, kind FROM switchback.environment')).toEqual([
        { name: 'test', kind: 'local' },
      ]);
      await expect(shared.requireOwned()).rejects.toThrow(/marked by test as a local environment/);
    } finally {
      await shared.close();
    }
  });

  test('a role without the rights, and says which are missing', async () => {
    const role = `weak_${Date.now()}_${Math.floor(Math.random() * 1e6)}`;
    const url = new URL(place.url);
    url.username = role;
    url.password = 'secret';
    const weak = createPostgresAdapter({ databases: { shop: { url: url.href } }, environment: 'test' });
    try {
      await place.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
      await expect(weak.check(acts.add, work())).rejects.toThrow(
        /may not alter it: only its owner .*; GRANT/,
      );
      await place.query(`ALTER TABLE customer OWNER TO ${role}`);
      await expect(weak.check(acts.add, work())).rejects.toThrow(/lacks the right CREATE on database/);
    } finally {
      await weak.close();
      await place.query('ALTER TABLE customer OWNER TO CURRENT_USER');
      await place.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

test('a server that is not there may come back: an ordinary error that tells where, not the password', async () => {
  const url = 'postgres://someone:hunter2@127.0.0.1:1/shop';
  const lost = createPostgresAdapter({ databases: { shop: { url } }, environment: 'test' });
  const failed = lost.check(acts.add, work());
  await expect(failed).rejects.toThrow(/shop at 127\.0\.0\.1:1\/shop cannot be reached/);
  await expect(failed).rejects.not.toThrow(/hunter2/);
  await expect(failed).rejects.not.toBeInstanceOf(Refusal);
  await lost.close();
});

test('a table that is in use for too long may be free later: an ordinary error, and no effect', async () => {
  const client = await place.pool.connect();
  await client.query('BEGIN; SELECT * FROM customer');
  const failed = place.apply(acts.add);
  await expect(failed).rejects.toThrow(/it did not get through in .* for \d+ ms/);
  await expect(failed).rejects.not.toBeInstanceOf(Refusal);
  await client.query('COMMIT');
  client.release();
  expect(await place.apply(acts.add)).toMatchObject({ added: ['first_name', 'last_name'] });
});

test('a second rollout may not watch a table that is watched', async () => {
  await place.apply(acts.add);
  await place.apply(acts.sync);
  await expect(place.apply(acts.sync, 'r2')).rejects.toThrow(/rollout r1 still watches it/);
});

test('names of retired columns fit, and differ', () => {
  expect(retiredName('full_name')).toBe('switchback_retired_full_name');
  const long = retiredName(`${'ä'.repeat(30)}1`);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(63);
  expect(long).not.toBe(retiredName(`${'ä'.repeat(30)}2`));
});
