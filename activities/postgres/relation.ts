import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Tx } from './database.js';
import type { TableInput } from './input.js';

const { escapeIdentifier } = pg;

/** A column as the server describes it. */
export interface Column {
  readonly name: string;
  /** With its modifier: `character varying(20)`. */
  readonly type: string;
  /** Without it: a cast to it never cuts anything off. */
  readonly looseType: string;
  /** A type of text. */
  readonly textual: boolean;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly identity: boolean;
  readonly generated: boolean;
}

/** A table that was found: everything needed to name it without doubt. */
export interface Relation {
  readonly oid: number;
  /** Schema and name, quoted: used in statements, and as the table's name in our own records. */
  readonly sql: string;
  readonly columns: readonly Column[];
}

/** Where a table is: its number, and the names by which it is found without a search path. */
export interface Found {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** Looks a plan's table up through the connection's search_path. */
export async function lookUp(tx: Tx, table: string): Promise<Found | undefined> {
  const { rows } = await tx.query<Found>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = coalesce(to_regclass($1), to_regclass($2))`,
    [exactName(table), foldedName(table)],
  );
  return rows[0];
}

/** Finds the plan's table through the connection's search_path. Throws a `Refusal` when there is none. */
export async function findRelation(tx: Tx, { db, table }: TableInput): Promise<Relation> {
  const found = await lookUp(tx, table);
  if (!found) {
    const path = await tx.query<{ path: string }>(
      `SELECT array_to_string(current_schemas(false), ', ') AS path`,
    );
    throw new Refusal(
      `table ${table} of ${db}`,
      `there is none (schemas searched: ${path.rows[0]?.path ?? ''})`,
      'correct the name, or write schema.table',
    );
  }
  return {
    oid: found.oid,
    sql: `${escapeIdentifier(found.schema)}.${escapeIdentifier(found.name)}`,
    columns: await columnsOf(tx, found.oid),
  };
}

/** The relation again with its columns as they are now, for after a change. */
export async function columnsOf(tx: Tx, oid: number): Promise<Column[]> {
  const { rows } = await tx.query<Column>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
            format_type(a.atttypid, -1) AS "looseType", t.typcategory = 'S' AS textual, a.attnotnull AS "notNull",
            pg_get_expr(d.adbin, d.adrelid) AS default, a.attidentity <> '' AS identity,
            a.attgenerated <> '' AS generated
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [oid],
  );
  return rows;
}

/** The column of that name, or undefined. */
export function columnOf(relation: Relation, name: string): Column | undefined {
  return relation.columns.find((column) => column.name === name);
}

/** The column of that name. Throws a `Refusal` when there is none. */
export function requireColumn(relation: Relation, name: string): Column {
  const column = columnOf(relation, name);
  if (column) return column;
  throw new Refusal(`${relation.sql} column ${name}`, 'there is none', 'correct the name');
}

/** The parts of a name, unquoted: as it is looked up first, and as it is looked up when that finds nothing. */
export function partsOf(table: string): readonly (readonly string[])[] {
  return [...new Set([exactName(table), foldedName(table)])].map((name) =>
    [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(([, quoted, plain]) =>
      quoted === undefined ? (plain ?? '').toLowerCase() : quoted.replaceAll('""', '"'),
    ),
  );
}

/** Every name taken literally, quoted by part; a name that brings its own quotes is taken as it is. */
function exactName(table: string): string {
  return table.includes('"') ? table : table.split('.').map(escapeIdentifier).join('.');
}

/** The name as SQL reads it, in lower case unless quoted; only where that cannot be a syntax error. */
function foldedName(table: string): string {
  return /^[a-z_][\w$]*(\.[a-z_][\w$]*)?$/i.test(table) ? table.toLowerCase() : exactName(table);
}
