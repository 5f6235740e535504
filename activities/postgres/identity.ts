import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Target } from '../../src/engine/plan/plan.js';
import type { Work } from '../../src/protocol/adapter.js';
import { systemIdentifier } from './catalogue.js';
import type { Database, Databases, Tx } from './database.js';
import { judged } from './failures.js';
import { lookUp, partsOf, type Found } from './relation.js';
import { transaction } from './transaction.js';

const { escapeIdentifier } = pg;
const kind = 'table:';

/**
 * What a target is, whatever it is called: server, database and relation by the numbers that PostgreSQL gave them, and
 * once more by schema and name, for a table that is made anew. A path names everything below it: a database its tables,
 * a partitioned table its partitions. Empty for targets that are not of these databases.
 */
export async function identify(databases: Databases, target: Target, work: Work): Promise<string[]> {
  const all = await Promise.all(
    databases.names.flatMap((name) => {
      const table = tableIn(target, name);
      return table === undefined ? [] : [thingsOf(databases.get(name), table, work)];
    }),
  );
  return all.flat();
}

/** The table's name in a target of the database: empty for the database itself, undefined for any other target. */
function tableIn(target: Target, database: string): string | undefined {
  const whole = kind + database;
  if (target === whole) return '';
  return target.startsWith(`${whole}.`) ? target.slice(whole.length + 1) : undefined;
}

async function thingsOf(database: Database, table: string, work: Work): Promise<string[]> {
  try {
    return await transaction(database, work, { readOnly: true }, async (tx) => {
      const place = await placeOf(tx, database);
      if (table === '') return [place];
      const found = await lookUp(tx, table);
      const below = found
        ? [...(await pathsTo(tx, found)), nameOf(found.schema, found.name)]
        : await namesOf(tx, table);
      return below.map((path) => `${place}/${path}`);
    });
  } catch (error) {
    if (isElsewhere(error)) return [];
    throw judged(`table ${table} of ${database.name}`, error);
  }
}

/** A name in three parts says which database it is of; one of another database is nothing here. */
function isElsewhere(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '0A000';
}

async function placeOf(tx: Tx, { place }: Database): Promise<string> {
  const server = await systemIdentifier(tx);
  if (server === null) {
    throw new Refusal(
      `database ${place}`,
      'its role may not read which server it is, so that nobody could tell it from another name for the same',
      'GRANT EXECUTE ON FUNCTION pg_control_system() TO it',
    );
  }
  const { rows } = await tx.query<{ oid: number }>(
    'SELECT oid FROM pg_database WHERE datname = current_database()',
  );
  return `postgres/${server}/${rows[0]?.oid}`;
}

/** From each table that it is a part of, by partition or inheritance, down to it. */
async function pathsTo(tx: Tx, { oid }: Found): Promise<string[]> {
  const { rows } = await tx.query<{ path: string }>(
    `WITH RECURSIVE up AS (
       SELECT $1::oid AS top, $1::text AS path
       UNION ALL SELECT i.inhparent, i.inhparent || '/' || up.path FROM up JOIN pg_inherits i ON i.inhrelid = up.top)
     SELECT path FROM up WHERE NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = up.top)`,
    [oid],
  );
  return rows.map(({ path }) => path);
}

/** What a name would stand for when nothing has it yet: a table, or a schema with all that is in it. */
async function namesOf(tx: Tx, table: string): Promise<string[]> {
  const { rows } = await tx.query<{ schema: string | null }>('SELECT current_schema() AS schema');
  const current = rows[0]?.schema ?? 'public';
  return partsOf(table).flatMap((parts) => {
    const [name = '', schema] = [...parts].reverse();
    return schema === undefined ? [nameOf(current, name), nameOf(name)] : [nameOf(schema, name)];
  });
}

function nameOf(...parts: string[]): string {
  return parts.map(escapeIdentifier).join('/');
}
