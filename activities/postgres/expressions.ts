import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Tx } from './database.js';
import type { Expressions } from './input.js';
import { presentName, rowOf } from './names.js';
import { columnOf, type Relation } from './relation.js';

const { escapeIdentifier } = pg;

/** Fails for a wrong type only when the columns of earlier steps, whose type is not known yet, are there. */
const syntaxError = '42601';
const undefinedColumn = '42703';

/**
 * Are these expressions over the table's rows? `later` are columns that an earlier step of the plan may still have to
 * add. Throws a `Refusal` with the server's own words.
 */
export async function checkExpressions(
  tx: Tx,
  relation: Relation,
  expressions: Expressions,
  later: readonly string[],
): Promise<void> {
  const missing = later.filter((column) => !columnOf(relation, presentName(relation, column)));
  const added = missing.map((column) => `, NULL::text AS ${escapeIdentifier(column)}`).join('');
  const source = `(SELECT row.*${added} FROM ${rowOf(relation, 't', later, `FROM ${relation.sql} t`)}) AS row`;
  for (const [name, expression] of Object.entries(expressions)) {
    const error = await prepareError(tx, `SELECT (${expression}\n) FROM ${source}`);
    if (!error) continue;
    if (missing.length > 0 && error.code !== syntaxError && error.code !== undefinedColumn) continue;
    throw new Refusal(
      `expression for ${name}`,
      `${error.message}: ${expression}`,
      `write a SQL expression over the columns of ${relation.sql}`,
    );
  }
}

/** Parses and analyses a statement without running any of it. */
async function prepareError(tx: Tx, statement: string): Promise<pg.DatabaseError | undefined> {
  await tx.query('SAVEPOINT expression');
  try {
    await tx.query(`PREPARE switchback_check AS ${statement}`);
    await tx.query('DEALLOCATE switchback_check');
    return undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error;
    throw error;
  } finally {
    await tx.query('ROLLBACK TO SAVEPOINT expression');
  }
}

/** The key must name one row each, never none: rows are found, tracked and walked through by it. */
export async function requireKey(tx: Tx, relation: Relation, key: string): Promise<void> {
  const thing = `${relation.sql} key ${key}`;
  const column = columnOf(relation, key);
  if (!column) throw new Refusal(thing, 'there is no such column', 'name the primary key');
  const { rowCount } = await tx.query(
    `SELECT FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
      WHERE x.indrelid = $1 AND a.attname = $2 AND x.indnkeyatts = 1 AND x.indisunique AND x.indimmediate
        AND x.indisvalid AND x.indpred IS NULL`,
    [relation.oid, key],
  );
  if (rowCount === 0) {
    throw new Refusal(
      thing,
      'it is not unique by itself',
      'name the primary key, or add a unique index on it',
    );
  }
  if (!column.notNull) throw new Refusal(thing, 'it may be null', 'set the column NOT NULL, or name another');
}
