import pg from 'pg';
import type { JsonObject } from '../../src/engine/base/json.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Tx } from './database.js';
import { expressions, onlyKnown, tableInput, text, type Expressions, type TableInput } from './input.js';
import { expressionList, presentName, presentSql, rowOf } from './names.js';
import { columnOf, type Relation } from './relation.js';
import { putTrigger, type OwnTrigger } from './triggers.js';

const { escapeIdentifier, escapeLiteral } = pg;

/** Two shapes of the same data in one table, and how each is derived from the other. */
export interface Shapes {
  /** The column by which rows are told apart. */
  readonly key: string;
  /** New column -> expression over the old ones. */
  readonly forward: Expressions;
  /** Old column -> expression over the new ones. */
  readonly back: Expressions;
}

export interface SyncInput extends TableInput, Shapes {}

/** Reads `{ key, forward, back }`. */
export function shapes(kind: string, input: JsonObject): Shapes {
  const read = {
    key: text(kind, input, 'key'),
    forward: expressions(kind, input, 'forward'),
    back: expressions(kind, input, 'back'),
  };
  const both = Object.keys(read.forward).find((column) => Object.hasOwn(read.back, column));
  if (both === undefined) return read;
  throw new Refusal(
    kind,
    `${both} stands in forward and in back`,
    'a column belongs to the new shape or to the old one',
  );
}

/** Reads `{ db, table, key, forward, back }`. */
export function syncInput(kind: string, input: JsonObject): SyncInput {
  onlyKnown(kind, input, ['db', 'table', 'key', 'forward', 'back']);
  return { ...tableInput(kind, input), ...shapes(kind, input) };
}

/** Triggers of one event fire in order of name: after the table's own ones, which may still change the row. */
export const syncTrigger = 'zz_switchback_sync';

/** Backfills derive by themselves and say so by this setting. */
export const notBackfilling = `current_setting('switchback.backfill', true) IS DISTINCT FROM 'on'`;

/** Is the table kept in sync now? */
export async function isSynced(tx: Tx, relation: Relation): Promise<boolean> {
  const { rowCount } = await tx.query('SELECT FROM pg_trigger WHERE tgrelid = $1 AND tgname = $2', [
    relation.oid,
    syncTrigger,
  ]);
  return rowCount !== 0;
}

/** The first of these columns that the trigger keeps in sync now; undefined when it keeps none of them. */
export async function syncedColumn(
  tx: Tx,
  relation: Relation,
  columns: readonly string[],
): Promise<string | undefined> {
  const { rows } = await tx.query<{ body: string }>(
    `SELECT p.prosrc AS body FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = $1 AND t.tgname = $2`,
    [relation.oid, syncTrigger],
  );
  return columns.find((column) =>
    rows.some(({ body }) => body.includes(`NEW.${presentSql(relation, column)}`)),
  );
}

/** Puts the function in place for the columns' present names, and the trigger when it is not there. */
export async function installSync(tx: Tx, relation: Relation, input: Shapes): Promise<void> {
  const { rows } = await tx.query<{ path: string[] }>('SELECT current_schemas(false)::text[] AS path');
  const path = ['pg_catalog', ...(rows[0]?.path ?? [])].map(escapeIdentifier).join(', ');
  // A path of its own: what the writer's path finds must not change what an expression means.
  await tx.query(
    `CREATE OR REPLACE FUNCTION ${syncFunction(relation)} RETURNS trigger LANGUAGE plpgsql
       SET search_path = ${path} AS ${escapeLiteral(syncBody(relation, input))}`,
  );
  if (await isSynced(tx, relation)) return;
  await putTrigger(tx, relation, syncTriggerOf(relation));
}

/** The trigger that keeps a table in sync. */
export function syncTriggerOf(relation: Relation): OwnTrigger {
  return {
    name: syncTrigger,
    events: 'BEFORE INSERT OR UPDATE',
    each: `ROW WHEN (${notBackfilling})`,
    calls: syncFunction(relation),
  };
}

/** Takes trigger and function away; does nothing when they are not there. */
export async function removeSync(tx: Tx, relation: Relation): Promise<void> {
  await tx.query(`DROP TRIGGER IF EXISTS ${syncTrigger} ON ${relation.sql}`);
  await tx.query(`DROP FUNCTION IF EXISTS ${syncFunction(relation)}`);
}

function syncFunction({ oid }: Relation): string {
  return `switchback.sync_${oid}()`;
}

/**
 * Decides by what the writer changed, not by who it is: connection settings that tell versions apart get lost in pools.
 * `*<>` compares the stored bytes, so that a change of case in a case-blind type is a change too; without the
 * casts PostgreSQL would take the rows apart and look for such an operator between two texts.
 */
function syncBody(relation: Relation, { forward, back }: Shapes): string {
  const newColumns = Object.keys(forward);
  const oldColumns = Object.keys(back);
  const given = (columns: string[]): string =>
    columns.map((column) => isGiven(relation, column)).join(' OR ');
  const present = (columns: string[]): string =>
    columns.map((column) => `NEW.${presentSql(relation, column)} IS NOT NULL`).join(' OR ');
  const changed = (columns: string[]): string =>
    `${rowExpression(relation, 'NEW', columns)}::record *<> ${rowExpression(relation, 'OLD', columns)}::record`;
  const underived = newColumns.map((column) => `OLD.${presentSql(relation, column)} IS NULL`).join(' AND ');
  return `
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT (${present(newColumns)}) AND (${present(oldColumns)}) THEN
      ${derive(relation, forward, [...newColumns, ...oldColumns])}
    ELSIF (${present(newColumns)}) AND NOT (${given(oldColumns)}) THEN
      ${derive(relation, back, [...newColumns, ...oldColumns])}
    END IF;
  ELSIF ${changed(oldColumns)} THEN
    IF NOT (${changed(newColumns)}) THEN
      ${derive(relation, forward, [...newColumns, ...oldColumns])}
    END IF;
  ELSIF ${changed(newColumns)} THEN
    -- Not backfilled yet: what this writer leaves out is known from the old columns alone.
    IF ${underived} THEN
      ${complete(relation, forward, [...newColumns, ...oldColumns])}
    END IF;
    ${derive(relation, back, [...newColumns, ...oldColumns])}
  END IF;
  RETURN NEW;
END`;
}

/** A column that holds only its default was not given: the writer does not know it. */
function isGiven(relation: Relation, column: string): string {
  const name = `NEW.${presentSql(relation, column)}`;
  const value = columnOf(relation, presentName(relation, column))?.default;
  return value
    ? `(${name} IS NOT NULL AND ${name}::text IS DISTINCT FROM (${value})::text)`
    : `${name} IS NOT NULL`;
}

function derive(relation: Relation, derived: Expressions, columns: string[]): string {
  const into = Object.keys(derived).map((column) => `NEW.${presentSql(relation, column)}`);
  return `SELECT ${expressionList(derived).join(', ')} INTO ${into.join(', ')} FROM ${rowOf(relation, 'NEW', columns)};`;
}

function complete(relation: Relation, derived: Expressions, columns: string[]): string {
  return Object.entries(derived)
    .map(([column, expression]) => {
      const name = `NEW.${presentSql(relation, column)}`;
      return `IF ${name} IS NULL THEN ${derive(relation, { [column]: expression }, columns)} END IF;`;
    })
    .join('\n      ');
}

/** `ROW(x."a", x."b")` over present names. */
export function rowExpression(relation: Relation, source: string, columns: readonly string[]): string {
  return `ROW(${columns.map((column) => `${source}.${presentSql(relation, column)}`).join(', ')})`;
}
