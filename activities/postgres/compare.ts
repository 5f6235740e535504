import pg from 'pg';
import type { Tx } from './database.js';
import { isDataError } from './failures.js';
import type { Expressions } from './input.js';
import { presentName } from './names.js';
import { requireColumn, type Relation } from './relation.js';

const { escapeIdentifier } = pg;

/**
 * SQL over a row called `row`: do the columns hold what the expressions say? Compared as text, for every type has
 * that; the expression is first brought to the column's type, but never so that a text would be cut to fit.
 */
export function sameAs(relation: Relation, expressions: Expressions): string {
  return Object.entries(expressions)
    .map(([column, expression]) => {
      const { textual, type, looseType } = requireColumn(relation, presentName(relation, column));
      return `row.${escapeIdentifier(column)}::text IS NOT DISTINCT FROM ((${expression}\n)::${textual ? looseType : type})::text`;
    })
    .join(' AND ');
}

/** Runs a query that compares; once more without comparing when an expression does not bear a row's values. */
export async function comparingIfPossible<T>(tx: Tx, query: (comparing: boolean) => Promise<T>): Promise<T> {
  await tx.query('SAVEPOINT comparing');
  try {
    return await query(true);
  } catch (error) {
    if (!isDataError(error)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT comparing');
    return query(false);
  }
}
