import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import { work } from '../../../src/testing/index.js';
import { acts, keyOf, shop, type Shop } from './given.js';
import { eventually } from '../../support/eventually.js';

let place: Shop;
beforeEach(async () => {
  place = await shop(500, { patience: 60_000 });
  for (const step of [acts.add, acts.sync, acts.backfill, acts.parity, acts.retire]) await place.apply(step);
});
afterEach(() => place.close());

const retired = 'switchback_retired_full_name';

/** A purge whose comparison of the first rows waits for whoever has the gate. */
function gated(writersWait: number): Act {
  const { input } = acts.purge.do;
  const keepInSync = input['keepInSync'] as JsonObject;
  const whole = `first_name || CASE WHEN last_name = '' THEN '' ELSE ' ' || last_name END`;
  const back = { full_name: `CASE WHEN id <= 3 THEN passes(${whole}) ELSE ${whole} END` };
  return {
    ...acts.purge,
    do: { ...acts.purge.do, input: { ...input, writersWait, keepInSync: { ...keepInSync, back } } },
  };
}

/** A transaction of a client that has written the first rows and not committed; ends with `end`. */
async function openWriter(...statements: string[]) {
  const client = await place.pool.connect();
  await client.query(['BEGIN', ...statements].join('; '));
  return {
    async end(how: 'COMMIT' | 'ROLLBACK' = 'COMMIT'): Promise<void> {
      await client.query(how);
      client.release();
    },
  };
}

/** Until the adapter waits for a lock, or has one. */
async function untilLock(granted: boolean, mode = '%'): Promise<void> {
  const found = () =>
    place.query(
      `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'switchback' AND datname = current_database()
          AND relation = 'customer'::regclass AND granted = $1 AND mode LIKE $2`,
      [granted, mode],
    );
  await eventually(async () => expect(await found()).not.toEqual([]));
}

async function nothingWasDropped(): Promise<void> {
  const columns = await place.query(
    `SELECT attname FROM pg_attribute WHERE attrelid = 'customer'::regclass AND attname = $1`,
    [retired],
  );
  expect(columns).toHaveLength(1);
  await place.query(`UPDATE customer SET first_name = 'Still', last_name = 'Synced' WHERE id = 100`);
  expect(await place.query(`SELECT ${retired} AS name FROM customer WHERE id = 100`)).toEqual([
    { name: 'Still Synced' },
  ]);
}

describe('a purge', () => {
  test('drops when both shapes of every row agree, and says how many were compared', async () => {
    expect(await place.apply(acts.purge)).toMatchObject({
      purged: ['full_name'],
      compared: 500,
      // Whatever is open elsewhere on this server makes it look at more rows than it would have to.
      comparedWithoutWriters: expect.any(Number),
    });
    expect(await place.query('SELECT * FROM switchback.touched')).toEqual([]);
  });

  test('names what was written past the triggers, with both shapes, and drops nothing', async () => {
    await place.unseen(`UPDATE customer SET ${retired} = 'Re Plica' WHERE id = 7`);
    const failed = place.apply(acts.purge);
    await expect(failed).rejects.toBeInstanceOf(Refusal);
    await expect(failed).rejects.toThrow(
      /in 1 row full_name is not what first_name, last_name say: id 7 \(full_name "Re Plica"; first_name "First7", last_name "Last7"\); write the shape that is wrong/,
    );
    await nothingWasDropped();
    await place.query(`UPDATE customer SET first_name = 'Re', last_name = 'Plica' WHERE id = 7`);
    expect(await place.apply(acts.purge, 'r1', 1)).toMatchObject({ purged: ['full_name'] });
  });

  test('finds a write that was not committed when all rows were compared', async () => {
    const ours = ['sync', 'track', 'truncate'].map(
      (name) => `ALTER TABLE customer ENABLE ALWAYS TRIGGER zz_switchback_${name}`,
    );
    const writer = await openWriter(
      'ALTER TABLE customer DISABLE TRIGGER USER',
      `UPDATE customer SET ${retired} = 'Late Comer' WHERE id = 9`,
      ...ours,
    );
    const refused = expect(place.apply(acts.purge)).rejects.toThrow(
      /in 1 row .*: id 9 \(full_name "Late Comer"/,
    );
    await untilLock(false);
    await writer.end();
    await refused;
    await nothingWasDropped();
  });

  test.each([
    ['is disabled', 'DISABLE TRIGGER ALL'],
    ['does not fire for every writer', 'ENABLE TRIGGER ALL'],
  ])('refuses a trigger that %s, whatever the rows say, and says how it is armed', async (state, how) => {
    await place.query(`ALTER TABLE customer ${how}`);
    await expect(place.apply(acts.purge)).rejects.toThrow(
      new RegExp(
        `trigger zz_switchback_sync ${state}.* ALTER TABLE "public"."customer" ENABLE ALWAYS TRIGGER zz_switchback_sync`,
      ),
    );
  });

  test('takes the statement for a trigger that is gone from its own refusal', async () => {
    await place.query(
      `DROP TRIGGER zz_switchback_sync ON customer; UPDATE customer SET first_name = 'x' WHERE id = 1`,
    );
    const refused = (await place.apply(acts.purge).catch((error: unknown) => error)) as Refusal;
    expect(refused.rule).toContain('trigger zz_switchback_sync is gone');
    const [, statements] = /find out who did that, then (.*); then try again/.exec(refused.fix) ?? [];
    await place.query(statements ?? '');
    await expect(place.apply(acts.purge)).rejects.toThrow(/in 1 row .*: id 1 /);
    await place.query(`UPDATE customer SET first_name = 'First1' WHERE id = 1`);
    expect(await place.apply(acts.purge)).toMatchObject({ purged: ['full_name'] });
  });

  test('asks when the table cannot be had, and leaves writers and readers alone', async () => {
    const reader = await openWriter('SELECT count(*) FROM customer');
    const failed = place.hasty().apply(acts.purge, keyOf(acts.purge), work());
    await expect(failed).rejects.toBeInstanceOf(Refusal);
    await expect(failed).rejects.toThrow(/did not get through .*; writers go on, and nothing was changed/);
    await nothingWasDropped();
    await reader.end();
    expect(await place.apply(acts.purge, 'r1', 1)).toMatchObject({ purged: ['full_name'] });
  });

  describe('while it compares what was written last', () => {
    beforeEach(() =>
      place.query(`CREATE FUNCTION passes(text) RETURNS text LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN $1; END'`),
    );

    async function whileItCompares(purge: Act) {
      const writer = await openWriter(`UPDATE customer SET last_name = last_name || '' WHERE id <= 3`);
      const applied = place.apply(purge);
      applied.catch(() => undefined);
      await untilLock(false);
      const gate = await openWriter('SELECT pg_advisory_xact_lock(42)');
      await writer.end();
      return { applied, gate };
    }

    test('readers read and writers wait; then it drops', async () => {
      const { applied, gate } = await whileItCompares(gated(60_000));
      await untilLock(true, 'ShareRowExclusiveLock');
      expect(await place.query('SELECT count(*)::int AS rows FROM customer')).toEqual([{ rows: 500 }]);
      const write = place.query(`SET LOCAL lock_timeout = 20; DELETE FROM customer WHERE id = 5`);
      await expect(write).rejects.toThrow('lock timeout');
      await gate.end();
      const { purged, comparedWithoutWriters } = await applied;
      expect(purged).toEqual(['full_name']);
      expect(comparedWithoutWriters).toBeGreaterThanOrEqual(3);
    });

    test('it lets go when that takes too long, and asks', async () => {
      // It has let go before anybody could look: what was written last may wait no longer than that.
      const { applied, gate } = await whileItCompares(gated(100));
      await expect(applied).rejects.toThrow(
        /what was written last took longer than 100 ms; writers go on.*longer writersWait/,
      );
      await gate.end();
      await nothingWasDropped();
    });
  });

  test('that could not forget what it recorded goes on there', async () => {
    await place.query(`UPDATE customer SET first_name = 'Ada' WHERE id = 1`);
    const holder = await openWriter('SELECT FROM switchback.touched FOR UPDATE');
    const failed = place.hasty().apply(acts.purge, keyOf(acts.purge), work());
    await expect(failed).rejects.toThrow(/did not get through/);
    await holder.end();
    expect(await place.apply(acts.purge)).toMatchObject({ purged: ['full_name'], compared: 500 });
    expect(await place.query('SELECT * FROM switchback.touched')).toEqual([]);
  });

  test('that another attempt under another epoch has finished is done', async () => {
    await place.apply(acts.purge);
    expect(await place.apply(acts.purge, 'r1', 1)).toMatchObject({ purged: ['full_name'] });
  });
});

test('a retirement names rows whose shapes differ, all of them counted', async () => {
  await place.undo(acts.retire);
  await place.query(
    `INSERT INTO customer (id, full_name) SELECT i, 'Many Rows' FROM generate_series(1000, 25000) i`,
  );
  await place.unseen(`UPDATE customer SET full_name = repeat('x', 100) WHERE id % 20 = 0`);
  const failed = place.apply(acts.retire, 'r1', 1);
  await expect(failed).rejects.toThrow(/in 1226 rows full_name is not what .* and 1216 more; write/);
  await expect(failed).rejects.toThrow(/id 20 \(full_name "x{60}"\.\.\.; first_name "First20"/);
  expect(await place.query('SELECT full_name FROM customer WHERE id = 1')).toEqual([
    { full_name: 'First1 Last1' },
  ]);
});
