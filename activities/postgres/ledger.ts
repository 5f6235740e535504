import type { JsonObject } from '../../src/engine/base/json.js';
import type { Tx } from './database.js';
import { markKind, ownerSchema, type Owner } from './owner.js';

/** Everything Switchback keeps in a database it works on. Dropping the schema forgets all rollouts, nothing else. */
const schema = (owner: Owner): string => `
  CREATE SCHEMA IF NOT EXISTS switchback;
  ${ownerSchema(owner)}
  CREATE TABLE IF NOT EXISTS switchback.touched (
    rollout text, relation text, key text, old_hash bigint, PRIMARY KEY (rollout, relation, key));
  CREATE TABLE IF NOT EXISTS switchback.set_aside (
    rollout text, relation text, key text, old jsonb NOT NULL, new jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (relation, key, rollout));
  CREATE TABLE IF NOT EXISTS switchback.ledger (
    rollout text, step text, epoch integer, verb text,
    state text NOT NULL CHECK (state IN ('running', 'done', 'tombstone')),
    effect boolean NOT NULL DEFAULT false,
    progress jsonb NOT NULL DEFAULT '{}', at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rollout, step, epoch, verb));`;

/** Creates our schema when it is missing. The ledger is created last: when it is there, everything is. */
export async function ensureSchema(tx: Tx, owner: Owner): Promise<void> {
  if (await hasLedger(tx)) return markKind(tx, owner);
  // IF NOT EXISTS alone fails when two create at once.
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('switchback', 0))`);
  await tx.query(schema(owner));
}

/** Has anything of ours ever run in this database? */
export async function hasLedger(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ there: boolean }>(
    `SELECT to_regclass('switchback.ledger') IS NOT NULL AS there`,
  );
  return rows[0]?.there === true;
}

/** Which row of the ledger: of one try of one step, what it is about. */
export interface LedgerKey {
  readonly rollout: string;
  readonly step: string;
  readonly epoch: number;
  readonly verb: string;
}

/** A row of the ledger. */
export interface LedgerRow {
  readonly state: 'running' | 'done' | 'tombstone';
  /** Was anything committed that has to be taken back? */
  readonly effect: boolean;
  /** How far it is; the evidence once it is done. */
  readonly progress: JsonObject;
}

/** Reads a row, locked until the transaction ends. */
export function lockRow(tx: Tx, key: LedgerKey): Promise<LedgerRow | undefined> {
  return readRow(tx, key, 'FOR UPDATE');
}

/** Reads a row. */
export async function readRow(
  tx: Tx,
  key: LedgerKey,
  lock: 'FOR UPDATE' | '' = '',
): Promise<LedgerRow | undefined> {
  const { rows } = await tx.query<LedgerRow>(
    `SELECT state, effect, progress FROM switchback.ledger
      WHERE rollout = $1 AND step = $2 AND epoch = $3 AND verb = $4 ${lock}`,
    [key.rollout, key.step, key.epoch, key.verb],
  );
  return rows[0];
}

/** Writes a row. An effect once noted stays noted, and a tombstone stays one. */
export async function writeRow(tx: Tx, key: LedgerKey, row: LedgerRow): Promise<void> {
  await tx.query(
    `INSERT INTO switchback.ledger AS l (rollout, step, epoch, verb, state, effect, progress)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (rollout, step, epoch, verb) DO UPDATE
       SET state = excluded.state, effect = l.effect OR excluded.effect, progress = excluded.progress, at = now()
       WHERE l.state <> 'tombstone'`,
    [key.rollout, key.step, key.epoch, key.verb, row.state, row.effect, JSON.stringify(row.progress)],
  );
}

/**
 * Keeps two transactions of the same step apart, whatever their verb and epoch, until the one that has it ends.
 */
export async function lockStep(tx: Tx, { rollout, step }: { rollout: string; step: string }): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`switchback/${rollout}/${step}`]);
}

/** Is there a tombstone for this try of the step, or for a later one? */
export async function isTombstoned(tx: Tx, key: Omit<LedgerKey, 'verb'>): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM switchback.ledger
      WHERE rollout = $1 AND step = $2 AND epoch >= $3 AND verb = 'apply' AND state = 'tombstone'`,
    [key.rollout, key.step, key.epoch],
  );
  return rowCount !== 0;
}

/**
 * Writes the tombstone of this try and of all before it. What was done stays noted in `effect` and `progress`.
 *
 * @returns whether a try had an effect at all, and whether one has an effect that was not taken back since
 */
export async function writeTombstone(
  tx: Tx,
  key: Omit<LedgerKey, 'verb'>,
): Promise<{ effect: boolean; standing: boolean }> {
  const place = [key.rollout, key.step, key.epoch];
  await tx.query(
    `INSERT INTO switchback.ledger (rollout, step, epoch, verb, state) VALUES ($1, $2, $3, 'apply', 'tombstone')
     ON CONFLICT (rollout, step, epoch, verb) DO NOTHING`,
    place,
  );
  await tx.query(
    `UPDATE switchback.ledger SET state = 'tombstone', at = now()
      WHERE rollout = $1 AND step = $2 AND epoch <= $3 AND verb = 'apply' AND state <> 'tombstone'`,
    place,
  );
  const { rows } = await tx.query<{ effect: boolean; standing: boolean }>(
    `SELECT coalesce(bool_or(a.effect), false) AS effect,
            coalesce(bool_or(a.effect AND NOT EXISTS (
              SELECT FROM switchback.ledger u
               WHERE u.rollout = a.rollout AND u.step = a.step AND u.verb = 'undo' AND u.state = 'done'
                 AND u.epoch >= a.epoch)), false) AS standing
       FROM switchback.ledger a WHERE rollout = $1 AND step = $2 AND epoch <= $3 AND verb = 'apply'`,
    place,
  );
  return rows[0] ?? { effect: false, standing: false };
}
