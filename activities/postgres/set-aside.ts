import pg from 'pg';
import { sameAs } from './compare.js';
import type { Tx } from './database.js';
import { presentSql, rowOf } from './names.js';
import { requireColumn, type Relation } from './relation.js';
import type { Shapes } from './sync.js';
import { findTracker } from './tracker.js';

const { escapeIdentifier, escapeLiteral } = pg;

/**
 * Keeps what only the new columns know: rows whose new columns agree with the old ones (`back`), but that `forward`
 * would derive differently. A row whose old columns were written since has nothing in its new ones worth keeping.
 * Nobody writes new columns any more by now, and a later merge looks at the old ones again: a write of the old
 * version between this and the drop loses nothing.
 *
 * @returns how many rows were kept
 */
export async function setAside(tx: Tx, rollout: string, relation: Relation, shapes: Shapes): Promise<number> {
  const { key, forward, back } = shapes;
  const newColumns = Object.keys(forward);
  const oldColumns = Object.keys(back);
  const rows = await candidates(tx, rollout, relation, key);
  const { rowCount } = await tx.query(
    `INSERT INTO switchback.set_aside (rollout, relation, key, old, new)
     SELECT $1, $2, row.${escapeIdentifier(key)}::text, ${asJson(oldColumns)}, ${asJson(newColumns)}
       FROM ${rowOf(relation, 't', [...newColumns, ...oldColumns], `FROM ${relation.sql} t WHERE ${rows}`)}
      WHERE (${newColumns.map((column) => `row.${escapeIdentifier(column)} IS NOT NULL`).join(' OR ')})
        AND ${sameAs(relation, back)} AND NOT (${sameAs(relation, forward)})
     ON CONFLICT (rollout, relation, key) DO UPDATE SET old = excluded.old, new = excluded.new, at = now()`,
    [rollout, relation.sql],
  );
  return rowCount ?? 0;
}

/**
 * Only a row that a client wrote, or that got its values from an earlier set-aside, can differ from its derivation:
 * with a tracker these are found by key, and the table is not read under the lock.
 */
async function candidates(tx: Tx, rollout: string, relation: Relation, key: string): Promise<string> {
  if (!(await findTracker(tx, rollout, relation))) return `$1::text IS NOT NULL AND $2::text IS NOT NULL`;
  const { type } = requireColumn(relation, key);
  return `t.${escapeIdentifier(key)} IN (
    SELECT key::${type} FROM switchback.touched WHERE rollout = $1 AND relation = $2
    UNION SELECT key::${type} FROM switchback.set_aside WHERE relation = $2)`;
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
