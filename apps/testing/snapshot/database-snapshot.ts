import pg from 'pg';
import { objectsIn, type Objects } from '../../../activities/drill/objects.js';
import { rowsOf, type TableSnapshot } from './rows.js';

/** What stands in a database: what drills compare, taken by themselves and not by the engine under drill. */
export interface DatabaseSnapshot {
  /** Everything that the catalogue has. */
  readonly objects: Objects;
  /** The rows of each table, by its name with its schema. */
  readonly tables: Readonly<Record<string, TableSnapshot>>;
}

/** Values as text that does not depend on who asks. */
const plainText = `
  SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC';
  SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'`;

/**
 * Reads a whole database in one transaction that changes nothing: every object of every schema but the system's and
 * Switchback's own, and the rows of every table.
 *
 * @param url of a role that may read all of it
 * @throws when it cannot be reached or read
 *
 * @example
 * const before = await snapshotDatabase(url);
 * // ... a rollout, and its rollback
 * differencesOfDatabases(before, await snapshotDatabase(url)); // []: it came back
 */
export async function snapshotDatabase(url: string): Promise<DatabaseSnapshot> {
  const client = new pg.Client({ connectionString: url, application_name: 'switchback-drill' });
  // A connection that breaks fails the query as well, which tells.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(plainText);
    return { objects: await objectsIn(client), tables: await rowsOf(client) };
  } finally {
    await client.end();
  }
}
