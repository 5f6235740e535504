import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Work } from '../../src/protocol/adapter.js';
import { connect, type Database, type Tx } from './database.js';
import { isPassing } from './failures.js';

/** How a transaction runs. */
export interface Mode {
  readonly isolation?: 'read committed' | 'repeatable read';
  readonly readOnly?: boolean;
  /** Milliseconds one statement may take; 0 for no limit. */
  readonly statementTimeout?: number;
}

/**
 * Milliseconds. Above `deadlock_timeout` (1 s): only a waiter that lasts longer than it makes autovacuum give way.
 * Short enough that the queue which forms behind a waiting DDL statement does not become an outage.
 */
const lockTimeout = 1_500;
const defaultStatementTimeout = 60_000;

/** What decides how a value is written as text: hashes and keys taken in different sessions must agree. */
export const plainText = {
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmloption: 'content',
  lc_monetary: 'C',
} as const;

/** Runs `body` in one transaction: committed when it returns, rolled back when it throws or the work is stopped. */
export async function transaction<T>(
  database: Database,
  work: Work,
  mode: Mode,
  body: (tx: Tx) => Promise<T>,
): Promise<T> {
  work.signal.throwIfAborted();
  const client = await begin(database, mode);
  let cancel: (() => void) | undefined;
  try {
    const backend = await applySettings(client, mode);
    cancel = () => void database.pool.query('SELECT pg_cancel_backend($1)', [backend]).catch(() => undefined);
    work.signal.addEventListener('abort', cancel, { once: true });
    work.signal.throwIfAborted();
    const result = await body(client);
    work.signal.throwIfAborted();
    await client.query('COMMIT');
    release();
    return result;
  } catch (error) {
    const usable = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    release(!usable);
    work.signal.throwIfAborted();
    throw error;
  }

  function release(destroy = false): void {
    if (cancel) work.signal.removeEventListener('abort', cancel);
    client.off('error', ignore);
    client.release(destroy);
  }
}

/**
 * Begins on a connection that works. Idle ones may have died unnoticed: nothing has been done on them yet, so the
 * next is taken, at last a new one.
 */
async function begin(database: Database, mode: Mode): Promise<pg.PoolClient> {
  const access = mode.readOnly ? 'READ ONLY' : 'READ WRITE';
  for (let idle = database.pool.idleCount; ; idle -= 1) {
    const client = await connect(database);
    // Without a listener a connection that breaks between two statements would end the process.
    client.on('error', ignore);
    try {
      await client.query(`BEGIN ISOLATION LEVEL ${mode.isolation ?? 'read committed'} ${access}`);
      return client;
    } catch (error) {
      client.off('error', ignore);
      client.release(true);
      if (idle <= 0) throw error;
    }
  }
}

function ignore(): void {}

async function applySettings(client: Tx, mode: Mode): Promise<number> {
  const settings = Object.entries({
    ...plainText,
    lock_timeout: String(lockTimeout),
    statement_timeout: String(mode.statementTimeout ?? defaultStatementTimeout),
  });
  const calls = settings.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pg_backend_pid() AS pid, ${calls.join(', ')}`,
    settings.flat(),
  );
  return rows[0]?.pid ?? 0;
}

/**
 * Tries again, with jitter, while others hold the locks, until the database's patience is over. Whoever looks meanwhile
 * sees from the heartbeat why it takes so long. `onRetry` hears of every failed try.
 */
export async function persistently<T>(
  database: Database,
  work: Work,
  attempt: () => Promise<T>,
  onRetry: (error: unknown) => void = () => undefined,
): Promise<T> {
  const giveUpAt = performance.now() + database.patience;
  let waited = false;
  try {
    for (let ceiling = 100; ; ceiling = Math.min(ceiling * 2, 2_000)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isPassing(error)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (performance.now() >= giveUpAt) {
          throw new Error(
            `it did not get through in ${database.place} for ${database.patience} ms: ${reason}`,
            {
              cause: error,
            },
          );
        }
        waited = true;
        work.heartbeat({ waits: `it does not get through in ${database.place}: ${reason}` });
        onRetry(error);
        await pause(ceiling * (0.5 + Math.random() / 2), work);
      }
    }
  } finally {
    if (waited) work.heartbeat({});
  }
}

/** Waits for milliseconds; throws the signal's reason when the work is stopped meanwhile. */
export async function pause(ms: number, work: Work): Promise<void> {
  await sleep(ms, undefined, { signal: work.signal }).catch(() => undefined);
  work.signal.throwIfAborted();
}
