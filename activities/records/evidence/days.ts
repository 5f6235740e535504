import type pg from 'pg';
import { inTransaction } from '../database.js';

const day = 86_400_000;

/** A day (UTC), in milliseconds since the epoch: `to` is not part of it. */
export interface Day {
  readonly from: number;
  readonly to: number;
}

/** The day of a moment. */
export function dayOf(at: number): Day {
  const from = Math.floor(at / day) * day;
  return { from, to: from + day };
}

/** The days of a window, oldest first. */
export function daysBetween(from: number, to: number): Day[] {
  const days: Day[] = [];
  for (let { from: at } = dayOf(from); at <= to; at += day) days.push(dayOf(at));
  return days;
}

/** Makes the partition of a day if it is missing. */
export async function makeDay(pool: pg.Pool, { from, to }: Day): Promise<void> {
  const table = `switchback.${tableOf(from)}`;
  const there = await pool.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  if (there.rows[0]?.there) return;
  await inTransaction(pool, async (tx) => {
    // IF NOT EXISTS alone fails when two create at once.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('switchback evidence', 0))`);
    await tx.query(
      `CREATE TABLE IF NOT EXISTS ${table} PARTITION OF switchback.evidence
        FOR VALUES FROM ('${isoOf(from)}') TO ('${isoOf(to)}')`,
    );
  });
}

/** Drops the partitions of days that ended more than `keepDays` days before `now`. */
export async function dropOldDays(pool: pg.Pool, now: number, keepDays: number): Promise<void> {
  const oldest = tableOf(dayOf(now).from - keepDays * day);
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
      WHERE inhparent = 'switchback.evidence'::regclass AND relname ~ '^evidence_\\d{8}$' AND relname < $1`,
    [oldest],
  );
  for (const { name } of rows) await pool.query(`DROP TABLE IF EXISTS switchback.${name}`);
}

/** As PostgreSQL reads it. */
export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

function tableOf(from: number): string {
  return `evidence_${isoOf(from).slice(0, 10).replaceAll('-', '')}`;
}
