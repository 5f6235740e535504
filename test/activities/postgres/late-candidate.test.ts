import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acts, shop, type Shop } from './given.js';
import { eventually } from '../../support/eventually.js';

let place: Shop;
beforeEach(async () => {
  place = await shop(50);
  for (const step of [acts.add, acts.sync, acts.backfill]) await place.apply(step);
});
afterEach(() => place.close());

const always = ['sync', 'track', 'truncate']
  .map((name) => `ALTER TABLE customer ENABLE ALWAYS TRIGGER zz_switchback_${name}`)
  .join(';');
const off = 'ALTER TABLE customer DISABLE TRIGGER USER';
const writes = (id: number, first: string, last: string) =>
  `UPDATE customer SET first_name = '${first}', last_name = '${last}' WHERE id = ${id}`;
const nameOf = async (id: number) =>
  (await place.query<{ full_name: string }>('SELECT full_name FROM customer WHERE id = $1', [id]))[0]
    ?.full_name;
const kept = (table: 'set_aside' | 'disputed') =>
  place.query(`SELECT key::int, old, new FROM switchback.${table} ORDER BY 1`);

/** Undoes the columns beside a client whose transaction is open, and lets it do more once the undo waits for it. */
async function whileItWaits(first: string, then: (client: pg.ClientBase) => Promise<unknown>) {
  const client = await place.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(first);
    const undoing = place.undo(acts.add);
    await eventually(async () => {
      const waiting = await place.query(
        `SELECT FROM pg_locks WHERE relation = 'customer'::regclass AND NOT granted`,
      );
      expect(waiting).not.toEqual([]);
    });
    await then(client);
    await client.query('COMMIT');
    return await undoing;
  } finally {
    client.release();
  }
}

describe('an application that serves the candidate for longer than the rollback waited', () => {
  test('is kept in sync until the columns go, and gets an error from then on', async () => {
    await place.undo(acts.sync);
    await place.query(writes(1, 'Ada', 'Li'));
    await place.query(`INSERT INTO customer (id, first_name, last_name) VALUES (900, 'Mary Ann', 'Evans')`);
    expect(await nameOf(1)).toBe('Ada Li');
    expect(await place.undo(acts.add)).toMatchObject({ setAside: 1, disputed: 0 });
    await expect(place.query(writes(2, 'Bo', 'Late'))).rejects.toThrow('does not exist');
    expect(await nameOf(900)).toBe('Mary Ann Evans');
    expect(await kept('set_aside')).toMatchObject([{ key: 900, new: { first_name: 'Mary Ann' } }]);
    expect(await place.verify()).toMatchObject({ verified: true, evidence: { setAside: 1, disputed: 0 } });
  });

  test('is waited for when its transaction began before, and what it commits is kept', async () => {
    await place.undo(acts.sync);
    const undone = await whileItWaits(writes(3, 'Mary Ann', 'Evans'), (client) =>
      client.query(writes(4, 'Jo Jo', 'Li')),
    );
    expect(undone).toMatchObject({ setAside: 2 });
    expect(await nameOf(3)).toBe('Mary Ann Evans');
    expect(await kept('set_aside')).toMatchObject([{ key: 3 }, { key: 4 }]);
  });
});

test('a writer in replica mode is kept in sync like any other', async () => {
  await place.undo(acts.sync);
  await place.query(
    `SET session_replication_role = replica; ${writes(5, 'Mary Ann', 'Evans')}; RESET session_replication_role`,
  );
  expect(await place.undo(acts.add)).toMatchObject({ setAside: 1, disputed: 0 });
  expect(await nameOf(5)).toBe('Mary Ann Evans');
});

describe('what was written while triggers were off', () => {
  test.each([
    ['and are still', [off, writes(5, 'Grace', 'Hopper')]],
    [
      'and are on again',
      [off, writes(5, 'Grace', 'Hopper'), 'ALTER TABLE customer ENABLE TRIGGER USER', always],
    ],
  ])('%s: is kept beside what contradicts it, and told', async (_when, statements) => {
    await place.query(statements.join(';'));
    await place.undo(acts.sync);
    expect(await place.undo(acts.add)).toMatchObject({ disputed: 1, disputedKeys: ['5'] });
    expect(await kept('disputed')).toEqual([
      { key: 5, old: { full_name: 'First5 Last5' }, new: { first_name: 'Grace', last_name: 'Hopper' } },
    ]);
    expect((await place.verify()).evidence).toMatchObject({ disputed: 1 });
  });

  test('between the first look and the lock is found all the same', async () => {
    await place.undo(acts.sync);
    const undone = await whileItWaits(writes(1, 'Ada', 'Li'), async (client) => {
      await client.query(off);
      await client.query(writes(5, 'Grace', 'Hopper'));
      await client.query(`ALTER TABLE customer ENABLE TRIGGER USER; ${always}`);
    });
    expect(undone).toMatchObject({ disputed: 1, disputedKeys: ['5'] });
  });

  test('is never merged by itself when the migration runs again', async () => {
    await place.query(
      [off, writes(5, 'Grace', 'Hopper'), 'ALTER TABLE customer ENABLE TRIGGER USER'].join(';'),
    );
    await place.undo(acts.sync);
    await place.undo(acts.add);
    await place.query(`DELETE FROM switchback.ledger WHERE verb = 'track'`);
    for (const step of [acts.add, acts.backfill, acts.parity]) await place.apply(step, 'r2');
    expect(await place.query('SELECT first_name FROM customer WHERE id = 5')).toEqual([
      { first_name: 'First5' },
    ]);
  });
});

test('a row that an expression cannot bear keeps nobody from going back, and loses nothing', async () => {
  const failing = {
    ...acts.add,
    undo: {
      type: 'act' as const,
      do: {
        kind: 'postgres.dropColumns',
        input: {
          db: 'shop',
          table: 'customer',
          columns: ['first_name', 'last_name'],
          setAside: {
            key: 'id',
            forward: { first_name: `(1 / (id - 7))::text || full_name`, last_name: `full_name` },
            back: { full_name: 'first_name' },
          },
        },
      },
    },
  };
  await place.undo(acts.sync);
  expect(await place.undo(failing)).toMatchObject({ dropped: ['first_name', 'last_name'], disputed: 50 });
});

test('columns that stay are let go of at once', async () => {
  await place.undo(acts.sync);
  await place.undo(acts.add);
  await place.verify();
  await place.query('ALTER TABLE customer ADD first_name text, ADD last_name text');
  await place.apply(acts.sync, 'r2');
  expect(await place.undo(acts.sync, 'r2')).toMatchObject({ stopped: true });
});
