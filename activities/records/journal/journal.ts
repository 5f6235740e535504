import type pg from 'pg';
import { Refusal } from '../../../src/engine/base/errors.js';
import {
  chainEntry,
  chainStart,
  findChainFault,
  type ChainFault,
  type JournalEntry,
  type JournalEvent,
} from '../../../src/engine/state/journal.js';
import { inTransaction } from '../database.js';
import { eventsToAdd } from './continuation.js';

/** Whether a journal is whole. */
export type JournalVerification =
  | { readonly ok: true; readonly entries: number; readonly head: string }
  | { readonly ok: false; readonly fault: ChainFault };

/** The exported records of all rollouts: a chain of entries each. */
export interface Journal {
  /**
   * Adds events. Those that are there already are passed over. Throws `Refusal` when another event has the number or
   * the journal is not whole, `EventsMissing` at a gap, and another error when the store does not take it.
   */
  append(rollout: string, events: readonly JournalEvent[]): Promise<void>;
  /** The entries of a rollout, none when it has no journal. */
  read(rollout: string): Promise<JournalEntry[]>;
  /** What doors have signed, in all journals. */
  signed(): AsyncIterable<Pick<JournalEntry, 'rollout' | 'event'>>;
  /** The ids of all rollouts that have a journal. */
  list(): Promise<string[]>;
  /** Reads a rollout's journal and says the first fault. Throws `Refusal` when it has none. */
  verify(rollout: string): Promise<JournalVerification>;
}

/**
 * How far a journal has come. The chain alone cannot show that its last entries were cut off, or that all of it was
 * written anew: the head, which is written in the same transaction, can.
 */
interface Head {
  readonly entries: number;
  readonly hash: string;
}

/** Journals as rows, chained in the transaction that adds them. */
export function journalStore(pool: pg.Pool): Journal {
  return {
    append: (rollout, events) => inTransaction(pool, (tx) => append(tx, rollout, events)),

    read: (rollout) => entriesOf(pool, rollout),

    signed: () => signedEntries(pool),

    async list() {
      const { rows } = await pool.query<{ rollout: string }>(
        'SELECT rollout FROM switchback.journal_heads WHERE entries > 0 ORDER BY rollout COLLATE "C"',
      );
      return rows.map(({ rollout }) => rollout);
    },

    async verify(rollout) {
      const { head, entries } = await inTransaction(
        pool,
        async (tx) => ({ head: await headOf(tx, rollout), entries: await entriesOf(tx, rollout) }),
        'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
      );
      if (!head && entries.length === 0) {
        throw new Refusal(`journal of ${rollout}`, 'is not in the records', 'name a rollout that has one');
      }
      const fault = findChainFault(rollout, entries) ?? headFault(head, entries);
      if (fault) return { ok: false, fault };
      return { ok: true, entries: entries.length, head: lastHash(entries) };
    },
  };
}

async function append(tx: pg.ClientBase, rollout: string, events: readonly JournalEvent[]): Promise<void> {
  await tx.query(
    'INSERT INTO switchback.journal_heads (rollout, entries, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING',
    [rollout, chainStart],
  );
  // Whoever else adds to this journal waits here.
  const head = await headOf(tx, rollout, 'FOR UPDATE');
  const entries = await entriesOf(tx, rollout);
  const fault = headFault(head, entries);
  if (fault) {
    throw new Refusal(`journal of ${rollout}`, fault.reason, 'put it back from a backup before it goes on');
  }
  const added: JournalEntry[] = [];
  for (const event of eventsToAdd(rollout, entries, events)) {
    added.push(chainEntry(rollout, event, added.at(-1)?.hash ?? lastHash(entries)));
  }
  if (added.length === 0) return;
  await insert(tx, rollout, entries.length, added);
  await tx.query('UPDATE switchback.journal_heads SET entries = $2, hash = $3 WHERE rollout = $1', [
    rollout,
    entries.length + added.length,
    lastHash(added),
  ]);
}

async function insert(
  tx: pg.ClientBase,
  rollout: string,
  before: number,
  added: readonly JournalEntry[],
): Promise<void> {
  await tx.query(
    `INSERT INTO switchback.journal (rollout, number, format, event, previous, hash)
      SELECT $1::text, * FROM unnest($2::int[], $3::int[], $4::json[], $5::text[], $6::text[])`,
    [
      rollout,
      added.map((_, index) => before + index + 1),
      added.map(({ format }) => format),
      added.map(({ event }) => JSON.stringify(event)),
      added.map(({ previous }) => previous),
      added.map(({ hash }) => hash),
    ],
  );
}

type Queries = Pick<pg.ClientBase, 'query'> | pg.Pool;

async function entriesOf(on: Queries, rollout: string): Promise<JournalEntry[]> {
  const { rows } = await on.query<JournalEntry>(
    'SELECT format, rollout, event, previous, hash FROM switchback.journal WHERE rollout = $1 ORDER BY number',
    [rollout],
  );
  return rows;
}

/** So many at once: an environment's journals are larger than a memory. */
const page = 500;

async function* signedEntries(pool: pg.Pool): AsyncGenerator<Pick<JournalEntry, 'rollout' | 'event'>> {
  for (let after: readonly [string, number] = ['', 0]; ;) {
    // By its text: the server takes no JSON apart in which somebody wrote a zero byte or half a character.
    const { rows } = await pool.query<{ rollout: string; number: number; event: JournalEvent }>(
      `SELECT rollout, number, event FROM switchback.journal
        WHERE (rollout, number) > ($1, $2) AND strpos(event::text, '"signed":') > 0
        ORDER BY rollout, number LIMIT ${page}`,
      [...after],
    );
    yield* rows.filter(({ event }) => event.signed !== undefined);
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    after = [last.rollout, last.number];
  }
}

async function headOf(tx: pg.ClientBase, rollout: string, lock = ''): Promise<Head | undefined> {
  const { rows } = await tx.query<Head>(
    `SELECT entries, hash FROM switchback.journal_heads WHERE rollout = $1 ${lock}`,
    [rollout],
  );
  return rows[0];
}

/** What the head shows to be wrong with the entries. */
function headFault(head: Head | undefined, entries: readonly JournalEntry[]): ChainFault | undefined {
  if (!head) return { number: 0, reason: 'its head is missing, so nobody can tell whether entries are' };
  if (entries.length < head.entries) {
    const number = entries.length + 1;
    const reason = `entries ${number} to ${head.entries} are missing: the head says they were written`;
    return { number, reason };
  }
  if (entries.length === head.entries && lastHash(entries) === head.hash) return undefined;
  const reason = `entry ${entries.length} is not the one that was written: the head has another hash`;
  return { number: entries.length, reason };
}

function lastHash(entries: readonly JournalEntry[]): string {
  return entries.at(-1)?.hash ?? chainStart;
}
