import pg from 'pg';
import { catalogueQuery } from './catalogue-query.js';
import { rowsOf, type TableSnapshot } from './rows.js';

/** What stands in a database: what drills compare, taken by themselves and not by the engine under drill. */
export interface DatabaseSnapshot {
  /** Everything that the catalogue has, by what it is and its name: `column shop.customer.email`. */
  readonly objects: Readonly<Record<string, string>>;
  /** The rows of each table, by its name with its schema. */
  readonly tables: Readonly<Record<string, TableSnapshot>>;
}

/** Where rollouts keep what they did: it stays on purpose, and is no part of what has to be as before. */
const ledgerSchema = 'switchback';

/** Values as text that does not depend on who asks. */
const plainText = `
  SET LOCAL search_path = ''; SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC';
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
    const { rows } = await client.query<{ name: string; definition: string }>(catalogueQuery, [ledgerSchema]);
    const objects = Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
    return { objects, tables: await rowsOf(client, ledgerSchema) };
  } finally {
    await client.end();
  }
}
