import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Kind } from '../../src/protocol/kind.js';

/** A transaction under way. */
export type Tx = pg.ClientBase;

/** One reachable database of the environment. */
export interface Database {
  /** As plans call it. */
  readonly name: string;
  readonly environment: string;
  readonly kind: Kind;
  /** Host, port and database, never a password: safe to show. */
  readonly place: string;
  readonly pool: pg.Pool;
  /** Milliseconds for which a lock that is not to be had is tried for again. */
  readonly patience: number;
}

/** The databases of an environment, opened on first use. */
export interface Databases {
  /** All that are known. */
  readonly names: readonly string[];
  /** Throws a `Refusal` that names the known ones. */
  get(name: string): Database;
  close(): Promise<void>;
}

/** How databases are reached. */
export interface DatabaseOptions {
  readonly databases: Readonly<Record<string, { readonly url: string }>>;
  readonly environment: string;
  readonly kind: Kind;
  readonly patience: number;
}

/** Looks databases up by name; each gets one pool. */
export function openDatabases(options: DatabaseOptions): Databases {
  const { databases, environment } = options;
  const open = new Map<string, Database>();
  return {
    names: Object.keys(databases),
    get(name) {
      const found = open.get(name);
      if (found) return found;
      const config = Object.hasOwn(databases, name) ? databases[name] : undefined;
      if (!config) {
        const known = Object.keys(databases).join(', ') || 'none';
        throw new Refusal(
          `database ${name}`,
          `${environment} does not know it`,
          `known are: ${known}; correct the plan's db or the worker's configuration`,
        );
      }
      const database = connectTo(name, config.url, options);
      open.set(name, database);
      return database;
    },
    async close() {
      const pools = [...open.values()].map(({ pool }) => pool);
      open.clear();
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

function connectTo(name: string, url: string, { environment, kind, patience }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'switchback',
    connectionTimeoutMillis: 5_000,
    max: 6,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return { name, environment, kind, place: placeOf(name, url), pool, patience };
}

function placeOf(name: string, url: string): string {
  try {
    const { host, port, database } = new pg.Client({ connectionString: url });
    return `${name} at ${host}:${port}/${database ?? ''}`;
  } catch {
    throw new Refusal(
      `database ${name}`,
      'its url cannot be read',
      'write postgres://user:password@host:port/database',
    );
  }
}

/** A connection of its own. Throws an ordinary error (the server may come back) that says where, never the password. */
export async function connect(database: Database): Promise<pg.PoolClient> {
  try {
    return await database.pool.connect();
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new Error(`database ${database.place} cannot be reached: ${reason}`, { cause: error });
  }
}
