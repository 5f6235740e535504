import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import { acts, shop, type Shop } from './given.js';

let place: Shop;
beforeEach(async () => {
  place = await shop(500);
});
afterEach(() => place.close());

const forward = [acts.add, acts.sync, acts.backfill, acts.parity];

async function roll(rollout = 'r1', steps = forward): Promise<void> {
  for (const step of steps) await place.apply(step, rollout);
}

async function rollBack(rollout = 'r1'): Promise<void> {
  await place.undo(acts.sync, rollout);
  await place.undo(acts.add, rollout);
}

describe('a whole migration', () => {
  test('goes forward, and back to exactly what was', async () => {
    await roll();
    expect(await place.query('SELECT first_name, last_name FROM customer WHERE id = 7')).toEqual([
      { first_name: 'First7', last_name: 'Last7' },
    ]);
    await rollBack();
    expect(await place.verify()).toMatchObject({
      verified: true,
      evidence: { rows: 500, untouched: 500, touched: 0, setAside: 0 },
    });
    expect(await place.query('SELECT * FROM switchback.touched')).toEqual([]);
    expect(
      await place.adapter.read(acts.add, { signal: new AbortController().signal, heartbeat() {} }),
    ).toEqual(place.capture.state);
  });

  test('counts what clients wrote meanwhile apart', async () => {
    await roll('r1', [acts.add, acts.sync]);
    await place.query(
      `SET timezone = 'Asia/Tokyo'; UPDATE customer SET full_name = 'Ada Lovelace' WHERE id = 1`,
    );
    await roll('r1', [acts.backfill, acts.parity]);
    await place.query(`UPDATE customer SET first_name = 'Grace' WHERE id = 2`);
    await place.query(`DELETE FROM customer WHERE id = 3`);
    await place.query(
      `INSERT INTO customer (id, first_name, last_name) VALUES (3, 'Mary Ann', 'Evans'), (501, 'Al', '')`,
    );
    await place.query(`UPDATE customer SET id = 600 WHERE id = 4`);
    await rollBack();
    expect(await place.verify()).toMatchObject({
      verified: true,
      evidence: { rows: 501, untouched: 496, touched: 6, setAside: 1 },
    });
    expect(
      await place.query('SELECT id::int, full_name FROM customer WHERE id IN (1, 2, 3, 501) ORDER BY id'),
    ).toEqual([
      { id: 1, full_name: 'Ada Lovelace' },
      { id: 2, full_name: 'Grace Last2' },
      { id: 3, full_name: 'Mary Ann Evans' },
      { id: 501, full_name: 'Al' },
    ]);
  });

  test('gives back what was set aside when it runs again, unless the old version wrote since', async () => {
    await roll();
    await place.query(`UPDATE customer SET first_name = 'Mary Ann', last_name = 'Evans' WHERE id IN (1, 2)`);
    await rollBack();
    expect(await place.verify()).toMatchObject({ verified: true, evidence: { setAside: 2 } });
    await place.query(`UPDATE customer SET full_name = 'Bob Jones' WHERE id = 2`);
    await roll('r2', [acts.add, acts.sync]);
    expect(await place.apply(acts.backfill, 'r2')).toMatchObject({ rows: 500, merged: 1 });
    expect(await place.query('SELECT first_name, last_name FROM customer WHERE id < 3 ORDER BY id')).toEqual([
      { first_name: 'Mary Ann', last_name: 'Evans' },
      { first_name: 'Bob', last_name: 'Jones' },
    ]);
    await rollBack('r2');
    expect(await place.verify('r2')).toMatchObject({ verified: true, evidence: { setAside: 1 } });
  });

  test('does not keep new values that the old version has outdated since the rollback began', async () => {
    await roll();
    await place.query(`UPDATE customer SET first_name = 'Mary Ann', last_name = 'Evans' WHERE id = 1`);
    await place.undo(acts.sync);
    await place.query(`UPDATE customer SET full_name = 'Bob Jones' WHERE id = 1`);
    expect(await place.undo(acts.add)).toMatchObject({ setAside: 0 });
    expect(await place.verify()).toMatchObject({ verified: true });
  });

  test('retires out of sight, still in sync, and restores', async () => {
    await roll();
    await place.apply(acts.retire);
    await place.query(`INSERT INTO customer (id, first_name, last_name) VALUES (900, 'Mary Ann', 'Evans')`);
    await place.query(`UPDATE customer SET last_name = 'Byron' WHERE id = 1`);
    await expect(place.query('SELECT full_name FROM customer')).rejects.toThrow('full_name');
    await place.undo(acts.retire);
    expect(await place.query('SELECT full_name FROM customer WHERE id IN (1, 900) ORDER BY id')).toEqual([
      { full_name: 'First1 Byron' },
      { full_name: 'Mary Ann Evans' },
    ]);
    await place.query(`UPDATE customer SET full_name = 'Cher' WHERE id = 2`);
    await place.apply(acts.parity, 'r1', 1);
    await rollBack();
    expect(await place.verify()).toMatchObject({ verified: true, evidence: { touched: 3, setAside: 1 } });
  });

  test('purges everything of ours', async () => {
    await roll();
    await place.apply(acts.retire);
    await place.apply(acts.purge);
    expect(await place.query(`SELECT tgname FROM pg_trigger WHERE tgrelid = 'customer'::regclass`)).toEqual(
      [],
    );
    expect(
      await place.query(`SELECT proname FROM pg_proc WHERE pronamespace = 'switchback'::regnamespace`),
    ).toEqual([]);
    const columns = await place.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'customer'::regclass AND attnum > 0 AND NOT attisdropped`,
    );
    expect(columns.map(({ name }) => name)).toEqual(['id', 'born', 'notes', 'first_name', 'last_name']);
    expect(await place.apply(acts.purge)).toMatchObject({ purged: ['full_name'] });
  });

  test('does not drop columns that another rollout keeps in sync: writers would fail', async () => {
    await roll();
    await place.query(`UPDATE switchback.ledger SET rollout = 'other' WHERE verb = 'track'`);
    await expect(place.undo(acts.add)).rejects.toThrow(/first_name: another rollout keeps it in sync/);
    await place.query(`UPDATE customer SET full_name = 'Ada Li' WHERE id = 1`);
    await place.query(`UPDATE switchback.ledger SET rollout = 'r1' WHERE verb = 'track'`);
    await rollBack();
    expect(await place.verify()).toMatchObject({ verified: true });
  });

  test('is not purged before it is retired', async () => {
    await roll();
    await expect(place.apply(acts.purge)).rejects.toThrow(/not retired/);
  });
});

test('a second try at keeping in sync keeps the first checksum', async () => {
  await roll('r1', [acts.add]);
  const first = await place.apply(acts.sync);
  await place.undo(acts.sync);
  await place.unseen(`UPDATE customer SET full_name = 'x' WHERE id = 5`);
  expect(await place.apply(acts.sync, 'r1', 1)).toEqual(first);
  await place.undo(acts.sync, 'r1', 1);
  await place.undo(acts.add);
  expect(await place.verify()).toMatchObject({ verified: false });
});

describe('verification', () => {
  test('says which part of the catalogue differs', async () => {
    await roll();
    await rollBack();
    await place.query('CREATE INDEX stranger ON customer (born)');
    const verification = await place.verify();
    expect(verification.verified).toBe(false);
    expect(verification.reason).toContain('stranger');
  });

  test('sees a row that was changed behind the tracker, and says the same again', async () => {
    await roll();
    await rollBack();
    await place.unseen(`UPDATE customer SET full_name = 'x' WHERE id = 5`);
    const verification = await place.verify();
    expect(verification).toMatchObject({ verified: false, evidence: { untouched: 500, touched: 0 } });
    expect(await place.verify()).toEqual(verification);
  });

  test('parity names the rows that differ', async () => {
    await roll('r1', [acts.add, acts.sync, acts.backfill]);
    await place.unseen(`UPDATE customer SET first_name = 'x' WHERE id IN (5, 6)`);
    const failed = place.apply(acts.parity);
    await expect(failed).rejects.toBeInstanceOf(Refusal);
    await expect(failed).rejects.toThrow(
      /2 rows full_name is not what .*: id 5 \(full_name "First5 Last5"; first_name "x", last_name "Last5"\), id 6 /,
    );
  });
});
