import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nextSize } from '../../../activities/postgres/actions/backfill.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import { work } from '../../../src/testing/index.js';
import { acts, keyOf, shop, type Shop } from './given.js';
import { eventually } from '../../support/eventually.js';

const rows = 4_000;
let place: Shop;
beforeEach(async () => {
  place = await shop(rows, { patience: 10_000 });
  await place.apply(acts.add);
  await place.apply(acts.sync);
});
afterEach(() => place.close());

/** Runs the backfill and calls `midway` once about half of the rows are done. */
function disturbed(midway: () => unknown, signal?: AbortSignal) {
  let called = false;
  return place.adapter.apply(acts.backfill, keyOf(acts.backfill), {
    ...work(signal),
    heartbeat(progress) {
      if (called || Number(progress['rows'] ?? 0) < rows / 2) return;
      called = true;
      midway();
    },
  });
}

async function resumed(): Promise<{ evidence: JsonObject; from: number }> {
  const seen: number[] = [];
  const evidence = await place.adapter.apply(acts.backfill, keyOf(acts.backfill), {
    ...work(),
    heartbeat: ({ rows }) => {
      if (rows !== undefined) seen.push(Number(rows));
    },
  });
  return { evidence, from: seen[0] ?? 0 };
}

async function waitingForLock(): Promise<void> {
  await eventually(async () => {
    const waiting = await place.query(
      `SELECT FROM pg_stat_activity
          WHERE application_name = 'switchback' AND datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(waiting).not.toEqual([]);
  });
}

async function complete(): Promise<void> {
  expect(
    await place.query(`SELECT count(*)::int AS count FROM customer
      WHERE first_name = 'First' || id AND last_name = 'Last' || id AND full_name = 'First' || id || ' Last' || id`),
  ).toEqual([{ count: rows }]);
}

describe('a backfill that was stopped half-way', () => {
  test('goes on where it was cancelled', async () => {
    const stop = new AbortController();
    const reason = new Error('the rollout wants it to stop');
    await expect(disturbed(() => stop.abort(reason), stop.signal)).rejects.toBe(reason);
    const [done] = await place.query<{ count: number }>(
      'SELECT count(first_name)::int AS count FROM customer',
    );
    expect(done?.count).toBeLessThan(rows);
    const { evidence, from } = await resumed();
    expect(from).toBe(done?.count);
    expect(evidence).toMatchObject({ rows });
    await complete();
  });

  test('goes on where its connection died', async () => {
    const client = await place.pool.connect();
    await client.query('BEGIN; SELECT FROM customer WHERE id = 3000 FOR UPDATE');
    const dead = place.apply(acts.backfill);
    const outcome = expect(dead).rejects.toThrow();
    await waitingForLock();
    await place.crash();
    await outcome;
    await expect(dead).rejects.not.toBeInstanceOf(Refusal);
    await client.query('COMMIT');
    client.release();
    const { evidence, from } = await resumed();
    expect(from).toBeGreaterThanOrEqual(rows / 2);
    expect(evidence).toMatchObject({ rows });
    await complete();
  });

  test('stops at the tombstone', async () => {
    let fenced: Promise<unknown> = Promise.resolve();
    await expect(
      disturbed(() => {
        fenced = place.adapter.fence(acts.backfill, keyOf(acts.backfill), work());
      }),
    ).rejects.toBeInstanceOf(Refusal);
    expect(await fenced).toEqual({ effect: 'some' });
    const count = await place.query('SELECT count(first_name)::int AS count FROM customer');
    expect(count[0]?.['count']).toBeLessThan(rows);
  });

  test('two attempts side by side share the work', async () => {
    const [one, other] = await Promise.all([place.apply(acts.backfill), place.apply(acts.backfill)]);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ rows });
    await complete();
  });
});

test('a row that a client holds locked is waited for', async () => {
  const client = await place.pool.connect();
  await client.query('BEGIN');
  await client.query(`UPDATE customer SET full_name = 'Ada Li' WHERE id = 2000`);
  const running = place.apply(acts.backfill);
  await waitingForLock();
  await client.query('COMMIT');
  client.release();
  expect(await running).toMatchObject({ rows: rows - 1 });
  expect(await place.query('SELECT first_name, last_name FROM customer WHERE id = 2000')).toEqual([
    { first_name: 'Ada', last_name: 'Li' },
  ]);
});

test('batches grow by a fifth at most, shrink when slow, and stay within what the plan allows', () => {
  expect(nextSize(1_000, 10, 5_000)).toBe(1_200);
  expect(nextSize(1_000, 100, 5_000)).toBe(1_000);
  expect(nextSize(1_000, 1_000, 5_000)).toBe(500);
  expect(nextSize(4_900, 1, 5_000)).toBe(5_000);
  expect(nextSize(50, 10_000, 5_000)).toBe(50);
  expect(nextSize(10, 1, 10)).toBe(10);
});
