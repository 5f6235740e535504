import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acts, shop, type Shop } from './given.js';

let place: Shop;
beforeEach(async () => {
  place = await shop(300);
  for (const step of [acts.add, acts.sync, acts.backfill]) await place.apply(step);
});
afterEach(() => place.close());

async function rollBack(): Promise<void> {
  await place.undo(acts.sync);
  await place.undo(acts.add);
}

/** As a subscription applies changes, and as pg_restore may load them: ordinary triggers stay silent. */
const replica = (text: string) =>
  place.query(`SET session_replication_role = replica; ${text}; SET session_replication_role = origin`);

describe('a writer in replica mode', () => {
  test('reaches both shapes, whichever it writes', async () => {
    await replica(`UPDATE customer SET full_name = 'Re Plica' WHERE id = 7;
      UPDATE customer SET first_name = 'Grace' WHERE id = 8;
      INSERT INTO customer (id, first_name, last_name) VALUES (900, 'Mary Ann', 'Evans')`);
    expect(
      await place.query(
        'SELECT id::int, full_name, first_name, last_name FROM customer WHERE id IN (7, 8, 900) ORDER BY id',
      ),
    ).toEqual([
      { id: 7, full_name: 'Re Plica', first_name: 'Re', last_name: 'Plica' },
      { id: 8, full_name: 'Grace Last8', first_name: 'Grace', last_name: 'Last8' },
      { id: 900, full_name: 'Mary Ann Evans', first_name: 'Mary Ann', last_name: 'Evans' },
    ]);
  });

  test('is seen: what it wrote is not held against the rollback', async () => {
    await replica(
      `UPDATE customer SET full_name = 'Re Plica' WHERE id = 7; DELETE FROM customer WHERE id = 8`,
    );
    await rollBack();
    expect(await place.verify()).toMatchObject({
      verified: true,
      evidence: { untouched: 298, touched: 2 },
    });
  });
});

describe('other ways to write', () => {
  test('an upsert reaches both shapes, whichever it names', async () => {
    await place.query(`INSERT INTO customer (id, full_name) VALUES (7, 'Up Sert')
      ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name`);
    await place.query(`INSERT INTO customer (id, full_name, first_name, last_name) VALUES (8, '', 'Mary Ann', 'Evans')
      ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name`);
    expect(
      await place.query(
        'SELECT full_name, first_name, last_name FROM customer WHERE id IN (7, 8) ORDER BY id',
      ),
    ).toEqual([
      { full_name: 'Up Sert', first_name: 'Up', last_name: 'Sert' },
      { full_name: 'Mary Ann Evans', first_name: 'Mary Ann', last_name: 'Evans' },
    ]);
  });

  test('a row of a table that inherits since is compared as well: our triggers are not its own', async () => {
    await place.query(
      `CREATE TABLE heir () INHERITS (customer); INSERT INTO heir (id, full_name) VALUES (900, 'He Ir')`,
    );
    await expect(place.apply(acts.parity)).rejects.toThrow(
      /in 1 row .*: id 900 \(full_name "He Ir"; first_name NULL, last_name NULL\)/,
    );
    await expect(place.apply(acts.retire)).rejects.toThrow(/in 1 row .*: id 900/);
  });
});

describe('TRUNCATE', () => {
  test('by a client is a delete of every row: the rollback is verified, and says who and when', async () => {
    await place.query(`UPDATE customer SET full_name = 'Ada Li' WHERE id = 1`);
    await place.query('TRUNCATE customer');
    await place.query(`INSERT INTO customer (id, full_name) VALUES (1, 'Bo Li'), (9000, 'Al Li')`);
    await rollBack();
    const { verified, reason, evidence } = await place.verify();
    expect(verified).toBe(true);
    expect(reason).toMatch(
      /TRUNCATE by role postgres \(client from \S+\) at \d{4}-\d\d-\d\dT[\d:]+Z deleted every row/,
    );
    expect(evidence).toMatchObject({ rows: 2, truncated: { by: 'postgres', application: 'client' } });
    expect(await place.query(`SELECT * FROM switchback.ledger WHERE verb IN ('track', 'truncate')`)).toEqual(
      [],
    );
    const left = `SELECT tgname FROM pg_trigger WHERE tgrelid = 'customer'::regclass`;
    expect(await place.query(left)).toEqual([]);
  });

  test('in replica mode is one, too', async () => {
    await replica('TRUNCATE customer');
    await rollBack();
    expect(await place.verify()).toMatchObject({ verified: true, evidence: { rows: 0 } });
  });

  test('between the set-up of the tracker and its sum is one, too', async () => {
    await rollBack();
    expect(await place.verify()).toMatchObject({ verified: true });
    await place.apply(acts.add, 'r2');
    await place.apply(acts.sync, 'r2');
    await place.query('TRUNCATE customer');
    // As a second try of the same step finds it.
    await place.apply(acts.sync, 'r2', 1);
    await place.undo(acts.sync, 'r2', 1);
    await place.undo(acts.add, 'r2');
    expect(await place.verify('r2')).toMatchObject({ verified: true });
  });

  test('excuses no row that came after it unseen', async () => {
    await place.query('TRUNCATE customer');
    await place.unseen(`INSERT INTO customer (id, full_name) VALUES (7, 'Un Seen')`);
    await rollBack();
    const { verified, reason } = await place.verify();
    expect(verified).toBe(false);
    expect(reason).toMatch(/1 of 1 rows came after TRUNCATE by role postgres .* by no client that was seen/);
  });
});
