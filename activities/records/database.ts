import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';

/** Milliseconds. Each is short: what cannot be kept now is tried again, and nobody may stand behind a store that hangs. */
const deadlines = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 8_000,
  statement_timeout: 6_000,
  lock_timeout: 4_000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** A few connections to the database of the records. Opened on first use; throws `Refusal` for a url that is none. */
export function openPool(url: string, max: number, more: pg.PoolConfig = {}): pg.Pool {
  placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'switchback records',
    keepAlive: true,
    ...deadlines,
    ...more,
    max,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  // So does one that breaks between two queries of a transaction: the next of them fails, and tells.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Host, port and database, never a password: safe to show. Throws `Refusal` for a url that is none. */
export function placeOf(url: string): string {
  const { protocol, hostname, port, pathname } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (/^postgres(ql)?:$/.test(protocol)) return `${hostname}:${port || 5432}${pathname}`;
  throw new Refusal(
    'records',
    'have a url that is none of PostgreSQL',
    'write postgres://user:password@host:port/database',
  );
}

/** Runs `work` in one transaction: all of it stands, or nothing. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: pg.ClientBase) => Promise<T>,
  begin = 'BEGIN',
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const done = await work(client);
    await client.query('COMMIT');
    return done;
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw broken;
  } finally {
    // Not rolled back but closed: a statement that hangs would let the next user of the connection wait for it.
    client.release(broken);
  }
}
