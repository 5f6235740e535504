import pg from 'pg';
import { comparingIfPossible, sameAs } from './compare.js';
import type { Tx } from './database.js';
import { presentSql, rowOf } from './names.js';
import { requireColumn, type Relation } from './relation.js';
import type { Shapes } from './sync.js';

const { escapeIdentifier, escapeLiteral } = pg;

/** What was kept of the new columns before they go. */
export interface Kept {
  /** Rows that the next run of the migration gives their values again. */
  readonly setAside: number;
  /** Rows whose two shapes contradict each other, or cannot be compared: a person decides. */
  readonly disputed: number;
  /** The first of the disputed, by key. */
  readonly disputedKeys: readonly string[];
}

/**
 * Keeps what only the new columns know, of the rows given by `rows` (SQL over the table as `t`). A row whose old columns
 * were written since, by a writer whom the trigger saw, has nothing in its new ones worth keeping. Writers have to be
 * locked out already, until the columns are gone.
 */
export async function setAside(
  tx: Tx,
  rollout: string,
  relation: Relation,
  shapes: Shapes,
  rows: string,
): Promise<Kept> {
  await ensureDisputed(tx);
  const insert = (table: string, verdict: string): string =>
    `INSERT INTO switchback.${table} (rollout, relation, key, old, new)
     SELECT $1, $2, key, old, new FROM seen WHERE verdict = '${verdict}'
     ON CONFLICT (rollout, relation, key) DO UPDATE SET old = excluded.old, new = excluded.new, at = now()
     RETURNING key`;
  const { rows: found } = await comparingIfPossible(tx, (comparing) =>
    tx.query<{ setAside: number; disputed: number; disputedKeys: string[] }>(
      `WITH seen AS MATERIALIZED (${verdictsOver(relation, shapes, rows, comparing)}),
            kept AS (${insert('set_aside', 'kept')}), disputed AS (${insert('disputed', 'disputed')})
       SELECT (SELECT count(*)::int FROM kept) AS "setAside", (SELECT count(*)::int FROM disputed) AS disputed,
              ARRAY(SELECT key FROM disputed ORDER BY key LIMIT 10) AS "disputedKeys"`,
      [rollout, relation.sql],
    ),
  );
  return found[0] ?? { setAside: 0, disputed: 0, disputedKeys: [] };
}

/**
 * SQL that says of each row (`rows`, over the table as `t`): its key, both shapes, and whether its new columns are empty
 * or only `derived`, are to be `kept`, or are `disputed`. Expressions are evaluated only for rows that have something in
 * their new columns, and for none when `comparing` is false: an undo must not fail over a row that nobody migrated.
 */
export function verdictsOver(
  relation: Relation,
  { key, forward, back }: Shapes,
  rows: string,
  comparing: boolean,
): string {
  const [newColumns, oldColumns] = [Object.keys(forward), Object.keys(back)];
  const filled = newColumns.map((column) => `row.${escapeIdentifier(column)} IS NOT NULL`).join(' OR ');
  const compared = comparing
    ? `CASE WHEN NOT (${sameAs(relation, back)}) THEN 'disputed'
            WHEN NOT (${sameAs(relation, forward)}) THEN 'kept' ELSE 'derived' END`
    : `'disputed'`;
  return `SELECT row.${escapeIdentifier(key)}::text AS key, ${asJson(oldColumns)} AS old, ${asJson(newColumns)} AS new,
                 CASE WHEN ${filled} THEN ${compared} ELSE 'derived' END AS verdict
            FROM ${rowOf(relation, 't', [...newColumns, ...oldColumns], `FROM ${relation.sql} t WHERE ${rows}`)}`;
}

/**
 * SQL for the rows, over the table as `t`, that can have anything to keep: those that a client wrote, those that got
 * their values from an earlier set-aside, and those that are named. The table is not read under the lock for it.
 */
export function writtenRows(
  rollout: string,
  relation: Relation,
  key: string,
  named: readonly string[],
): string {
  const { type } = requireColumn(relation, key);
  const about = `relation = ${escapeLiteral(relation.sql)}`;
  const list = named.map(escapeLiteral).join(', ');
  return `t.${escapeIdentifier(key)} IN (
    SELECT key::${type} FROM switchback.touched WHERE rollout = ${escapeLiteral(rollout)} AND ${about}
    UNION SELECT key::${type} FROM switchback.set_aside WHERE ${about}
    UNION SELECT key::${type} FROM unnest(ARRAY[${list}]::text[]) AS named(key))`;
}

/** Databases that an older build began to work in have no such table yet. */
async function ensureDisputed(tx: Tx): Promise<void> {
  if (await hasDisputed(tx)) return;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('switchback', 0))`);
  await tx.query(`CREATE TABLE IF NOT EXISTS switchback.disputed (
    rollout text, relation text, key text, old jsonb NOT NULL, new jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (rollout, relation, key))`);
}

async function hasDisputed(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ there: boolean }>(
    `SELECT to_regclass('switchback.disputed') IS NOT NULL AS there`,
  );
  return rows[0]?.there === true;
}

/** The keys of rows whose two shapes contradicted each other when a rollout gave up the new one. */
export async function disputedKeys(tx: Tx, relation: Relation, rollout: string): Promise<string[]> {
  if (!(await hasDisputed(tx))) return [];
  const { rows } = await tx.query<{ key: string }>(
    'SELECT key FROM switchback.disputed WHERE relation = $1 AND rollout = $2 ORDER BY key',
    [relation.sql, rollout],
  );
  return rows.map(({ key }) => key);
}

/** How many rows of the table a rollout has set aside; of all rollouts when none is named. */
export async function countSetAside(tx: Tx, relation: Relation, rollout?: string): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM switchback.set_aside
      WHERE relation = $1 AND ($2::text IS NULL OR rollout = $2)`,
    [relation.sql, rollout ?? null],
  );
  return rows[0]?.count ?? 0;
}

/**
 * SQL that gives rows which were set aside their own values again, when their old columns are still what they were
 * then; of several rollouts the latest counts. `where` narrows the rows, over the table as `t`.
 *
 * The table is named itself, so that each row's own can be found by its key. A subquery of the latest would be gone
 * through once for each row: the server expects next to no rows where columns have no statistics yet.
 */
export function mergeStatement(
  relation: Relation,
  key: string,
  columns: readonly string[],
  where: string,
): string {
  const targets = columns.map((column) => presentSql(relation, column)).join(', ');
  const values = columns.map((column) => `r.${presentSql(relation, column)}`).join(', ');
  return `UPDATE ${relation.sql} t SET (${targets}) = (
      SELECT ${values} FROM jsonb_populate_record(NULL::${relation.sql}, s.new) r)
    FROM switchback.set_aside s
    WHERE s.relation = ${escapeLiteral(relation.sql)} AND s.key = t.${presentSql(relation, key)}::text AND (${where})
      AND NOT EXISTS (SELECT FROM switchback.set_aside later WHERE later.relation = s.relation
                         AND later.key = s.key AND (later.at, later.rollout) > (s.at, s.rollout))
      AND s.new ?& ARRAY[${columns.map(escapeLiteral).join(', ')}]
      AND NOT EXISTS (SELECT FROM jsonb_each(s.old) o WHERE to_jsonb(t) -> o.key IS DISTINCT FROM o.value)`;
}

function asJson(columns: readonly string[]): string {
  return `jsonb_build_object(${columns
    .map((column) => `${escapeLiteral(column)}, row.${escapeIdentifier(column)}`)
    .join(', ')})`;
}
