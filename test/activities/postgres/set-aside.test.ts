import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRelation } from '../../../activities/postgres/relation.js';
import { mergeStatement } from '../../../activities/postgres/set-aside.js';
import { acts, shop, type Shop } from './given.js';

const batch = 5_000;
const rollouts = 4;
let place: Shop;
beforeEach(async () => {
  place = await shop(2 * batch);
  // Nobody has statistics of columns that are new.
  await place.query('ANALYZE customer');
  await place.apply(acts.add);
  await place.query(
    `INSERT INTO switchback.set_aside (rollout, relation, key, old, new, at)
       SELECT 'earlier-' || r, '"public"."customer"', id::text, jsonb_build_object('full_name', full_name),
              jsonb_build_object('first_name', 'by ' || r, 'last_name', ''), now() - r * interval '1 day'
         FROM generate_series(1, $1::int) r, customer`,
    [rollouts],
  );
  await place.query('ANALYZE switchback.set_aside');
});
afterEach(() => place.close());

interface Node {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

/** How many rows a plan and all below it looked at. */
function lookedAt(node: Node): number {
  const removed = (node['Rows Removed by Join Filter'] ?? 0) + (node['Rows Removed by Filter'] ?? 0);
  const own = (node['Actual Rows'] + removed) * node['Actual Loops'];
  return (node.Plans ?? []).reduce((sum, below) => sum + lookedAt(below), own);
}

test('a batch of a backfill does not compare each of its rows with all that was set aside', async () => {
  const client = await place.pool.connect();
  try {
    const relation = await findRelation(client, { db: 'shop', table: 'customer' });
    const where = `t.id > ${batch} AND t.id <= ${2 * batch} AND t.first_name IS NULL AND t.last_name IS NULL`;
    const statement = mergeStatement(relation, 'id', ['first_name', 'last_name'], where);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Node }[] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`,
    );
    const [explained] = rows[0]?.['QUERY PLAN'] ?? [];
    expect(explained && lookedAt(explained.Plan)).toBeLessThan(20 * rollouts * batch);
  } finally {
    client.release();
  }
  const merged = await place.query('SELECT DISTINCT first_name FROM customer WHERE id > $1', [batch]);
  expect(merged, 'what was set aside last counts').toEqual([{ first_name: 'by 1' }]);
});
