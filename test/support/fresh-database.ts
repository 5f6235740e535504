import { randomBytes } from 'node:crypto';
import { query } from './query.js';

/** A database of one test's own. */
export interface FreshDatabase {
  url: string;
  /** Also when there are connections to it. */
  drop(): Promise<void>;
}

/** Makes an empty database with a name of its own on a server that is named by a superuser's URL. */
export async function freshDatabaseOn(server: string): Promise<FreshDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => void (await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}
