import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { snapshotDatabase } from '../../../apps/testing/snapshot/database-snapshot.js';
import { differencesOfDatabases } from '../../../apps/testing/snapshot/differences.js';
import { query } from '../../support/query.js';
import { freshDatabase, type FreshDatabase } from '../../support/servers.js';

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
  await query(
    database.url,
    `CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'nobody', born date);
     CREATE INDEX by_name ON customer (name);
     CREATE TABLE visit (customer bigint REFERENCES customer, at timestamptz);
     CREATE VIEW named AS SELECT name FROM customer;
     CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER watch BEFORE UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION noop();
     CREATE TYPE tier AS ENUM ('low', 'high');
     CREATE SEQUENCE ticket;
     INSERT INTO customer (id, name) SELECT i, 'name ' || i FROM generate_series(1, 9) i;
     INSERT INTO visit SELECT i, '2026-01-01' FROM generate_series(1, 3) i`,
  );
});
afterEach(() => database.drop());

/** What a statement makes different. */
async function after(sql: string): Promise<string[]> {
  const before = await snapshotDatabase(database.url);
  await query(database.url, sql);
  return differencesOfDatabases(before, await snapshotDatabase(database.url));
}

describe('a snapshot of a database', () => {
  it.each([
    ['a column', 'ALTER TABLE customer ADD COLUMN mail text', 'column public.customer.mail is left over'],
    [
      'a type',
      'ALTER TABLE visit ALTER COLUMN at TYPE date',
      'column public.visit.at was: number 2, timestamp with',
    ],
    ['a default', 'ALTER TABLE customer ALTER COLUMN name DROP DEFAULT', 'column public.customer.name was:'],
    [
      'a rule of a column',
      'ALTER TABLE customer ALTER COLUMN name DROP NOT NULL',
      'column public.customer.name was:',
    ],
    ['an index', 'DROP INDEX by_name', 'index public.by_name is gone'],
    [
      'a constraint',
      'ALTER TABLE visit DROP CONSTRAINT visit_customer_fkey',
      'constraint public.visit.visit_customer',
    ],
    ['a trigger', 'ALTER TABLE customer DISABLE TRIGGER watch', 'trigger public.customer.watch was:'],
    ['a function', `ALTER FUNCTION noop() SECURITY DEFINER`, 'function public.noop() was:'],
    [
      'a view',
      'CREATE OR REPLACE VIEW named AS SELECT upper(name) AS name FROM customer',
      'view public.named was:',
    ],
    ['a sequence', 'ALTER SEQUENCE ticket INCREMENT 2', 'sequence public.ticket was:'],
    ['a type of its own', `ALTER TYPE tier ADD VALUE 'highest'`, 'type public.tier was:'],
    ['a policy', 'CREATE POLICY own ON customer USING (id = 1)', 'policy public.customer.own is left over'],
    ['a right', 'GRANT SELECT ON customer TO PUBLIC', 'table public.customer was:'],
    ['a comment', `COMMENT ON TABLE customer IS 'seen'`, 'table public.customer was:'],
    ['a schema', 'CREATE SCHEMA other', 'schema other is left over'],
    ['a table', 'CREATE TABLE left_behind (id int)', 'table public.left_behind is left over'],
    ['a lost row', 'DELETE FROM customer WHERE id = 7', '1 rows of public.customer are gone (key 7)'],
    [
      'a new row',
      'INSERT INTO customer (id) VALUES (70)',
      '1 rows of public.customer are there that were not (key 70)',
    ],
    [
      'changed rows, the first of them by key',
      `UPDATE customer SET name = 'x' WHERE id > 2`,
      '7 rows of public.customer have other values (key 3, 4, 5, 6, 7, ...)',
    ],
    [
      'rows without a key',
      'DELETE FROM visit WHERE customer = 1',
      'rows of public.visit differ: 3 with checksum',
    ],
  ])('shows %s', async (_what, sql, told) => {
    expect((await after(sql)).join('\n')).toContain(told);
  });

  it('is the same for a column that came and went, and for a value that came back', async () => {
    const found = await after(`
      ALTER TABLE customer ADD COLUMN mail text; ALTER TABLE customer DROP COLUMN mail;
      UPDATE customer SET name = 'x' WHERE id = 3; UPDATE customer SET name = 'name 3' WHERE id = 3;
      SELECT nextval('ticket')`);
    expect(found).toEqual([]);
  });

  it('leaves out what rollouts keep of themselves', async () => {
    expect(await after('CREATE SCHEMA switchback; CREATE TABLE switchback.ledger (id int)')).toEqual([]);
  });

  it('does not depend on who looks, and where that looks', async () => {
    const elsewhere = new URL(database.url);
    elsewhere.searchParams.set(
      'options',
      '-c search_path=pg_temp -c timezone=Asia/Tokyo -c datestyle=German',
    );
    const [here, there] = await Promise.all([
      snapshotDatabase(database.url),
      snapshotDatabase(elsewhere.href),
    ]);
    expect(differencesOfDatabases(here, there)).toEqual([]);
  });
});
