import type { Tx } from './database.js';
import type { Relation } from './relation.js';

/** Columns that earlier steps of the rollout have added: they are no part of what was captured, and go when it does. */
export async function columnsBrought(tx: Tx, rollout: string, relation: Relation): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `SELECT jsonb_array_elements_text(progress -> 'added') AS name FROM switchback.ledger
      WHERE rollout = $1 AND verb = 'apply' AND effect AND progress ->> 'table' = $2`,
    [rollout, relation.sql],
  );
  return rows.map(({ name }) => name);
}
