import pg from 'pg';
import type { Tx } from './database.js';
import { requireColumn, type Relation } from './relation.js';

const { escapeIdentifier } = pg;

/** The last key of the next `size` rows after `last`; null when fewer are left. */
export async function batchEnd(
  tx: Tx,
  relation: Relation,
  key: string,
  last: string | null,
  size: number,
): Promise<string | null> {
  const name = escapeIdentifier(key);
  const { rows } = await tx.query<{ key: string }>(
    `SELECT ${name}::text AS key FROM ${relation.sql} WHERE ${keyRange(relation, key, last, null, '')}
      ORDER BY ${relation.sql}.${name} OFFSET ${Math.max(0, size - 1)} LIMIT 1`,
  );
  return rows[0]?.key ?? null;
}

/** SQL for the rows after `last`, up to and with `upTo`; null for no bound. */
export function keyRange(
  relation: Relation,
  key: string,
  last: string | null,
  upTo: string | null,
  alias: string,
): string {
  const { type } = requireColumn(relation, key);
  const name = `${alias}${escapeIdentifier(key)}`;
  const bounds = [
    ...(last === null ? [] : [`${name} > ${pg.escapeLiteral(last)}::${type}`]),
    ...(upTo === null ? [] : [`${name} <= ${pg.escapeLiteral(upTo)}::${type}`]),
  ];
  return bounds.length > 0 ? bounds.join(' AND ') : 'true';
}
