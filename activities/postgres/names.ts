import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Expressions } from './input.js';
import { columnOf, type Relation } from './relation.js';

const { escapeIdentifier } = pg;

/** PostgreSQL cuts longer names off without an error: two of them could become one. */
const maxNameBytes = 63;
const prefix = 'switchback_retired_';

/** The name under which a retired column is kept out of sight: at most 63 bytes, and different for different columns. */
export function retiredName(column: string): string {
  const name = prefix + column;
  if (Buffer.byteLength(name) <= maxNameBytes) return name;
  const mark = `_${createHash('sha256').update(column).digest('hex').slice(0, 8)}`;
  let kept = column;
  while (Buffer.byteLength(prefix + kept + mark) > maxNameBytes)
    kept = Array.from(kept).slice(0, -1).join('');
  return prefix + kept + mark;
}

/** The name a column has in the table now: its own, or the retired one. */
export function presentName(relation: Relation, column: string): string {
  const retired = retiredName(column);
  return !columnOf(relation, column) && columnOf(relation, retired) ? retired : column;
}

/** The column's present name, quoted. */
export function presentSql(relation: Relation, column: string): string {
  return escapeIdentifier(presentName(relation, column));
}

/**
 * A row for expressions to be evaluated over: `source` (a table alias, NEW) with retired columns under the name that
 * the plan's expressions use. `tail` says where the source comes from when it is not in scope already. It must stand
 * alone in its FROM: beside another table the expressions' names could mean either.
 */
export function rowOf(relation: Relation, source: string, columns: readonly string[], tail = ''): string {
  const retired = columns.filter((column) => presentName(relation, column) !== column);
  const aliases = retired.map(
    (column) => `, ${source}.${presentSql(relation, column)} AS ${escapeIdentifier(column)}`,
  );
  return `(SELECT ${source}.*${aliases.join('')} ${tail}) AS row`;
}

/** Expressions as a list, each on lines of its own so that a comment at its end cannot swallow what follows. */
export function expressionList(expressions: Expressions): string[] {
  return Object.values(expressions).map((expression) => `(${expression}\n)`);
}
