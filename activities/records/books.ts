import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { TargetBusy, type BookOf, type BookStore, type OpenBook } from '../adapter/book-store.js';
import { openPool } from './database.js';

/** Milliseconds after which the server gives the lock of a session away that has said nothing. */
const lease = 5_000;
const beatEvery = 1_000;
/** Milliseconds to wait for another attempt. */
const waitAtMost = 15_000;
const lookEvery = 100;

/** Connections for custom acts: one each while it works. A way back is not to wait for them, so they answer soon or never. */
export function openBookPool(url: string): pg.Pool {
  const deadlines = { connectionTimeoutMillis: 2_000, query_timeout: 3_000, statement_timeout: 2_500 };
  return openPool(url, 20, deadlines);
}

/**
 * Books as rows. The lock of a target is an advisory lock of the session, which the server ends when it hears nothing for
 * five seconds: a worker that stands still, or is cut off, loses it, and knows that by its own clock.
 */
export function bookStore(pool: pg.Pool): BookStore {
  return {
    async open(of, signal) {
      const client = await pool.connect();
      try {
        await client.query(`SELECT set_config('idle_session_timeout', $1, false)`, [String(lease)]);
        await lock(client, of, signal);
        return await hold(client, of);
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
  };
}

async function lock(client: pg.PoolClient, { target }: BookOf, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + waitAtMost;
  for (;;) {
    signal.throwIfAborted();
    const { rows } = await client.query<{ ours: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS ours',
      [`switchback book ${target}`],
    );
    if (rows[0]?.ours) return;
    if (performance.now() > giveUpAt) throw new TargetBusy(target);
    await sleep(lookEvery, undefined, { signal });
  }
}

async function hold(client: pg.PoolClient, { rollout, target }: BookOf): Promise<OpenBook> {
  // When the last question was sent that was answered: the server has heard us since.
  let heardAt = performance.now();
  let lost: string | undefined;
  client.on('error', (error: Error) => (lost = error.message));
  // One after the other, as the protocol has it: what is sent later says when it was really sent.
  let last: Promise<unknown> = Promise.resolve();
  const ask = (text: string, values: unknown[]): Promise<{ book: unknown }[]> => {
    const asked = last.then(async () => {
      const sent = performance.now();
      const { rows } = await client.query<{ book: unknown }>(text, values);
      heardAt = sent;
      return rows;
    });
    last = asked.catch((error: Error) => (lost = error.message));
    return asked;
  };
  const held = () => {
    if (lost === undefined && performance.now() - heardAt < lease) return;
    throw new Error(`${target}: its lock was lost while working (${lost ?? 'no answer in time'}); try again`);
  };
  const [found] = await ask('SELECT book FROM switchback.books WHERE rollout = $1 AND target = $2', [
    rollout,
    target,
  ]);
  const beat = setInterval(() => void ask('SELECT', []).catch(() => undefined), beatEvery);
  return {
    content: found?.book,
    held,
    async save(book) {
      held();
      await ask(
        `INSERT INTO switchback.books AS b (rollout, target, book) VALUES ($1, $2, $3)
          ON CONFLICT (rollout, target) DO UPDATE SET book = excluded.book, kept_at = now()`,
        [rollout, target, JSON.stringify(book)],
      );
    },
    close() {
      clearInterval(beat);
      // Ended, and its lock and setting with it: nobody inherits them.
      client.release(true);
      return Promise.resolve();
    },
  };
}
