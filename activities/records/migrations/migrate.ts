import type pg from 'pg';
import type { Kind } from '../../../src/protocol/kind.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { inTransaction, openPool, placeOf } from '../database.js';
import { records } from './0001-records.js';
import { admissions } from './0002-admissions.js';
import { notices } from './0003-notices.js';
import { slack } from './0004-slack.js';
import { drills } from './0005-drills.js';
import { drillsSeenRed } from './0006-drills-seen-red.js';
import { drillScratch } from './0007-drill-scratch.js';
import { slackTroubles } from './0008-slack-troubles.js';
import type { Migration } from './migration.js';

/** In order. */
const migrations: readonly Migration[] = [
  records,
  admissions,
  notices,
  slack,
  drills,
  drillsSeenRed,
  drillScratch,
  slackTroubles,
];

/** Whose records they are. */
export interface Owner {
  readonly environment: string;
  readonly kind: Kind;
}

/** What was done to a database. */
export interface Migrated {
  /** Names of the steps that were taken now. */
  readonly applied: readonly string[];
  /** What tells these records from any others: made once, and the same for all who share them. */
  readonly mark: string;
}

/**
 * Brings a database to the schema of this build, and marks it as the environment's. Of several who come at once one does
 * it; a newer schema is left as it is.
 *
 * @throws Refusal when the records are another environment's, or its of another kind
 */
export async function migrateRecords(url: string, owner: Owner): Promise<Migrated> {
  const pool = openPool(url, 1);
  try {
    return await inTransaction(pool, async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('switchback records', 0))`);
      const applied = await applyMissing(tx);
      return { applied, mark: await claim(tx, owner, placeOf(url)) };
    });
  } finally {
    await pool.end();
  }
}

/** Names of the steps that a database lacks. Changes nothing. */
export async function examineRecords(url: string): Promise<{ readonly missing: readonly string[] }> {
  const pool = openPool(url, 1);
  try {
    const { rows } = await pool.query<{ there: boolean }>(
      `SELECT to_regclass('switchback.records_migrations') IS NOT NULL AS there`,
    );
    const missing = rows[0]?.there ? await missingIn(pool) : migrations;
    return { missing: missing.map(({ name }) => name) };
  } finally {
    await pool.end();
  }
}

async function applyMissing(tx: pg.ClientBase): Promise<string[]> {
  await tx.query(`
    CREATE SCHEMA IF NOT EXISTS switchback;
    CREATE TABLE IF NOT EXISTS switchback.records_migrations (
      number integer PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())`);
  const missing = await missingIn(tx);
  for (const { number, name, sql } of missing) {
    await tx.query(sql);
    await tx.query('INSERT INTO switchback.records_migrations (number, name) VALUES ($1, $2)', [
      number,
      name,
    ]);
  }
  return missing.map(({ name }) => name);
}

async function missingIn(on: Pick<pg.ClientBase, 'query'> | pg.Pool): Promise<Migration[]> {
  const { rows } = await on.query<{ number: number }>('SELECT number FROM switchback.records_migrations');
  const known = new Set(rows.map(({ number }) => number));
  return migrations.filter(({ number }) => !known.has(number));
}

async function claim(tx: pg.ClientBase, { environment, kind }: Owner, place: string): Promise<string> {
  await tx.query(
    'INSERT INTO switchback.records_owner (environment, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [environment, kind],
  );
  const { rows } = await tx.query<Owner & { mark: string }>(
    'SELECT environment, kind, mark FROM switchback.records_owner',
  );
  const [owner] = rows;
  if (owner?.environment !== environment) {
    const rule = `belong to environment ${owner?.environment}, not to ${environment}`;
    throw new Refusal(
      `records at ${place}`,
      rule,
      'give each environment a database of its own under "records"',
    );
  }
  if (owner.kind !== kind) {
    const rule = `were marked by ${environment} when it was ${owner.kind}, and now it says ${kind}`;
    throw new Refusal(`records at ${place}`, rule, 'correct "kind", or give it other records');
  }
  return owner.mark;
}
