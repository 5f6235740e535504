import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the Temporal server of this run, with Switchback's search attributes. */
    temporalAddress: string;
    /** A PostgreSQL superuser's URL. Tests use `freshDatabase()`, never the database of this URL. */
    postgresUrl: string;
  }
}

/** A database of one test's own. */
export interface FreshDatabase {
  url: string;
  /** Also when there are connections to it. */
  drop(): Promise<void>;
}

/** Makes an empty database with a name of its own on the server of this run. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
