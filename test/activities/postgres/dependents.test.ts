import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import { work } from '../../../src/testing/index.js';
import { act, acts, shop, type Shop } from './given.js';

let place: Shop;
beforeEach(async () => {
  place = await shop(3, { patience: 300 });
});
afterEach(() => place.close());

const purging = (): Promise<JsonObject> => place.adapter.check(acts.purge, work());

const breaking: Record<string, [statements: string, named: string]> = {
  'a view': ['CREATE VIEW report AS SELECT id, full_name FROM customer', 'view report'],
  'a view that only sorts by it': [
    'CREATE VIEW report AS SELECT id FROM customer ORDER BY full_name',
    'view report',
  ],
  'a materialized view': [
    'CREATE MATERIALIZED VIEW report AS SELECT full_name FROM customer',
    'materialized view report',
  ],
  'a rule of another table': [
    `CREATE TABLE log (entry text);
     CREATE RULE note AS ON INSERT TO log DO ALSO UPDATE customer SET full_name = NEW.entry WHERE id = 0`,
    'rule note of log',
  ],
  'a function with a body that the server knows': [
    `CREATE FUNCTION whose(bigint) RETURNS text BEGIN ATOMIC SELECT full_name FROM customer WHERE id = $1; END`,
    'function whose(bigint)',
  ],
  uniqueness: [
    'ALTER TABLE customer ADD CONSTRAINT one_each UNIQUE (full_name)',
    'constraint one_each (UNIQUE (full_name))',
  ],
  'uniqueness over more than it, by an index': [
    'CREATE UNIQUE INDEX one_each ON customer (lower(full_name), born)',
    'unique index one_each',
  ],
  'an exclusion': [
    'ALTER TABLE customer ADD CONSTRAINT no_two EXCLUDE USING btree (full_name WITH =)',
    'constraint no_two (EXCLUDE USING btree (full_name WITH =))',
  ],
  'a reference to it': [
    `ALTER TABLE customer ADD CONSTRAINT one_each UNIQUE (full_name);
     CREATE TABLE alias (name text CONSTRAINT of_whom REFERENCES customer (full_name))`,
    'constraint of_whom of alias (FOREIGN KEY (name) REFERENCES customer(full_name))',
  ],
  'a reference from it': [
    `CREATE TABLE known (name text PRIMARY KEY); INSERT INTO known SELECT full_name FROM customer;
     ALTER TABLE customer ADD CONSTRAINT is_known FOREIGN KEY (full_name) REFERENCES known`,
    'constraint is_known (FOREIGN KEY (full_name) REFERENCES known(name))',
  ],
  'a generated column': [
    `ALTER TABLE customer ADD COLUMN shout text GENERATED ALWAYS AS (upper(full_name)) STORED`,
    'generated column shout',
  ],
  'a policy': [
    `CREATE POLICY own ON customer USING (full_name = current_user)`,
    'policy own on table customer',
  ],
  'a trigger on it': [
    `CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER renamed BEFORE UPDATE OF full_name ON customer FOR EACH ROW EXECUTE FUNCTION nothing()`,
    'trigger renamed on table customer',
  ],
  'a publication of columns': [
    'CREATE PUBLICATION shown FOR TABLE customer (id, full_name)',
    'publication of table customer in publication shown',
  ],
  'a sequence that another column counts by': [
    `CREATE SEQUENCE counter OWNED BY customer.full_name;
     ALTER TABLE customer ADD COLUMN number bigint DEFAULT nextval('counter')`,
    'sequence counter',
  ],
};

describe('preflight refuses a purge that would break', () => {
  test.each(Object.entries(breaking))('%s', async (_title, [statements, named]) => {
    await place.query(statements);
    const refused = purging();
    await expect(refused).rejects.toBeInstanceOf(Refusal);
    await expect(refused).rejects.toThrow(named);
    await expect(refused).rejects.toThrow(
      'would break or be gone with full_name, and nothing carries it over; drop it',
    );
  });

  test('the primary key', async () => {
    const wide = { key: 'id', forward: { id_big: 'id::bigint' }, back: { id: 'id_big::int' } };
    const on = { db: 'shop', table: 'customer' };
    const purge = act('purge', 'postgres.purgeColumn', {
      ...on,
      columns: ['id'],
      keepInSync: { ...on, ...wide },
    });
    await expect(place.adapter.check(purge, work())).rejects.toThrow(
      'constraint customer_pkey (PRIMARY KEY (id)) would break or be gone with id',
    );
  });
});

test('preflight names what goes without a word, and allows it', async () => {
  await place.query(`CREATE INDEX by_name ON customer (full_name);
    CREATE STATISTICS both_of_them ON full_name, born FROM customer;
    ALTER TABLE customer ALTER full_name SET DEFAULT '', ADD CONSTRAINT long CHECK (length(full_name) > 0);
    GRANT SELECT (full_name) ON customer TO PUBLIC`);
  expect(await purging()).toMatchObject({
    warnings: [
      'with full_name go NOT NULL of full_name, constraint long (CHECK ((length(full_name) > 0))), ' +
        'default of full_name, index by_name, rights on full_name, statistics object both_of_them',
    ],
  });
});

test("what does not hang on the column is in nobody's way", async () => {
  await place.query(
    `CREATE VIEW others AS SELECT id, born FROM customer; CREATE INDEX by_birth ON customer (born)`,
  );
  expect(await purging()).toMatchObject({
    warnings: ['with full_name go NOT NULL of full_name'],
  });
});

test('a view that came after the start stops the purge itself, and nothing is dropped', async () => {
  for (const step of [acts.add, acts.sync, acts.backfill, acts.retire]) await place.apply(step);
  await place.query('CREATE VIEW report AS SELECT switchback_retired_full_name AS name FROM customer');
  await expect(place.apply(acts.purge)).rejects.toThrow('view report would break');
  await place.query('DROP VIEW report');
  expect(await place.apply(acts.purge)).toMatchObject({ purged: ['full_name'] });
});
