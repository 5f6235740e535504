import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Tx } from './database.js';
import { readRow, writeRow, type LedgerKey } from './ledger.js';
import { presentSql } from './names.js';
import type { Relation } from './relation.js';
import { notBackfilling, rowExpression } from './sync.js';
import { plainText } from './transaction.js';
import { putTrigger, type OwnTrigger } from './triggers.js';
import { recordTruncation, truncated } from './truncation.js';

const { escapeLiteral } = pg;

const trackerTrigger = 'zz_switchback_track';
const truncateTrigger = 'zz_switchback_truncate';

/** What the tracker puts on a table. */
export const trackerTriggers: readonly string[] = [trackerTrigger, truncateTrigger];

/** What is watched of a table during a rollout: who was written, and what the untouched must add up to. */
export interface Tracker {
  readonly key: string;
  /** The columns of the capture. */
  readonly columns: readonly string[];
  /** Rows and sum of their hashes at the moment tracking began; absent while not taken yet. */
  readonly base?: Sum;
}

/** A number of rows and the sum of their hashes, as decimal text: it does not fit a number. */
export interface Sum {
  readonly rows: number;
  readonly sum: string;
}

/** The sums of a table in one snapshot, corrected for the rows that clients have written since tracking began. */
export interface Sums extends Sum {
  readonly present: number;
  readonly untouched: number;
  readonly touched: number;
}

/** The rollout's tracker of a table, or undefined. */
export async function findTracker(tx: Tx, rollout: string, relation: Relation): Promise<Tracker | undefined> {
  const row = await readRow(tx, trackerKey(rollout, relation));
  return row && readTracker(row.progress);
}

/** Records each row's first write by a client from now on. Does nothing when it does so already. */
export async function installTracker(
  tx: Tx,
  rollout: string,
  relation: Relation,
  tracker: Tracker,
): Promise<void> {
  await requireNoOther(tx, rollout, relation);
  if (await findTracker(tx, rollout, relation)) return;
  await replaceTracker(tx, rollout, relation, tracker);
  for (const trigger of trackerTriggersOf(relation)) await putTrigger(tx, relation, trigger);
  await saveTracker(tx, rollout, relation, tracker);
}

/** The triggers that watch a table. */
export function trackerTriggersOf(relation: Relation): OwnTrigger[] {
  const calls = trackerFunction(relation);
  return [
    {
      name: trackerTrigger,
      events: 'AFTER INSERT OR UPDATE OR DELETE',
      each: `ROW WHEN (${notBackfilling})`,
      calls,
    },
    { name: truncateTrigger, events: 'AFTER TRUNCATE', each: 'STATEMENT', calls },
  ];
}

/** Writes the function for the columns' present names. */
export async function replaceTracker(
  tx: Tx,
  rollout: string,
  relation: Relation,
  tracker: Tracker,
): Promise<void> {
  const settings = { search_path: 'pg_catalog', ...plainText };
  const set = Object.entries(settings).map(([name, value]) => `SET ${name} = ${escapeLiteral(value)}`);
  // As its owner: the application's role has no rights on our records, and needs none.
  await tx.query(
    `CREATE OR REPLACE FUNCTION ${trackerFunction(relation)} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
       ${set.join(' ')} AS ${escapeLiteral(trackerBody(rollout, relation, tracker))}`,
  );
}

/** Keeps what is watched, and the sum at the beginning of tracking once it was taken. */
export async function saveTracker(
  tx: Tx,
  rollout: string,
  relation: Relation,
  tracker: Tracker,
): Promise<void> {
  await writeRow(tx, trackerKey(rollout, relation), {
    state: tracker.base ? 'done' : 'running',
    effect: true,
    progress: { ...tracker, base: tracker.base && { ...tracker.base } },
  });
}

/** Takes the rollout's tracker away with everything it recorded; does nothing when there is none. */
export async function removeTracker(tx: Tx, rollout: string, relation: Relation): Promise<void> {
  if (!(await findTracker(tx, rollout, relation))) return;
  await forgetTracked(tx, rollout, relation);
  await dropTracker(tx, relation);
}

/** Takes the tracker off the table. */
export async function dropTracker(tx: Tx, relation: Relation): Promise<void> {
  for (const name of trackerTriggers) await tx.query(`DROP TRIGGER IF EXISTS ${name} ON ${relation.sql}`);
  await tx.query(`DROP FUNCTION IF EXISTS ${trackerFunction(relation)}`);
}

/** Deletes what the rollout's tracker recorded: with many writes it takes a while, but no lock on the table. */
export async function forgetTracked(tx: Tx, rollout: string, relation: Relation): Promise<void> {
  const about = [rollout, relation.sql];
  await tx.query('DELETE FROM switchback.touched WHERE rollout = $1 AND relation = $2', about);
  await tx.query(
    `DELETE FROM switchback.ledger WHERE rollout = $1 AND step = $2 AND verb IN ('track', '${truncated}')`,
    about,
  );
}

/**
 * The sum at the moment tracking began, computed now: rows nobody wrote as they are, the others as they were.
 * Needs a transaction with one snapshot.
 */
export async function sumsOf(tx: Tx, rollout: string, relation: Relation, tracker: Tracker): Promise<Sums> {
  await tx.query(`SELECT set_config('search_path', 'pg_catalog', true)`);
  const { rows } = await tx.query<{
    present: number;
    untouched: number;
    touched: number;
    rows: number;
    sum: string;
  }>(
    `WITH now AS (
       SELECT count(*) AS present, count(*) FILTER (WHERE x.key IS NULL) AS untouched,
              coalesce(sum(${rowHash(relation, 't', tracker.columns)}) FILTER (WHERE x.key IS NULL), 0) AS sum
         FROM ${relation.sql} t LEFT JOIN switchback.touched x
           ON x.rollout = $1 AND x.relation = $2 AND x.key = t.${presentSql(relation, tracker.key)}::text),
     before AS (
       SELECT count(*) AS touched, count(old_hash) AS rows, coalesce(sum(old_hash), 0) AS sum
         FROM switchback.touched WHERE rollout = $1 AND relation = $2)
     SELECT present::float8, untouched::float8, touched::float8, (untouched + rows)::float8 AS rows,
            (now.sum + before.sum)::text AS sum FROM now, before`,
    [rollout, relation.sql],
  );
  return rows[0] ?? { present: 0, untouched: 0, touched: 0, rows: 0, sum: '0' };
}

function trackerKey(rollout: string, relation: Relation): LedgerKey {
  return { rollout, step: relation.sql, epoch: 0, verb: 'track' };
}

function readTracker(progress: JsonObject): Tracker {
  return progress as unknown as Tracker;
}

function trackerFunction({ oid }: Relation): string {
  return `switchback.track_${oid}()`;
}

function rowHash(relation: Relation, source: string, columns: readonly string[]): string {
  return `hashtextextended(${rowExpression(relation, source, columns)}::text COLLATE "C", 0)`;
}

/** AFTER, so that rows which ON CONFLICT or another trigger turned away are not recorded. */
function trackerBody(rollout: string, relation: Relation, { key, columns }: Tracker): string {
  const keySql = presentSql(relation, key);
  const record = (rowKey: string, hash: string): string =>
    `INSERT INTO switchback.touched (rollout, relation, key, old_hash)
       VALUES (${escapeLiteral(rollout)}, ${escapeLiteral(relation.sql)}, ${rowKey}::text, ${hash})
       ON CONFLICT DO NOTHING;`;
  return `
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    ${recordTruncation(rollout, relation)}
  ELSIF TG_OP = 'INSERT' THEN
    ${record(`NEW.${keySql}`, 'NULL')}
  ELSE
    ${record(`OLD.${keySql}`, rowHash(relation, 'OLD', columns))}
    IF TG_OP = 'UPDATE' THEN
      IF NEW.${keySql}::text <> OLD.${keySql}::text THEN
        ${record(`NEW.${keySql}`, 'NULL')}
      END IF;
    END IF;
  END IF;
  RETURN NULL;
END`;
}

/** Refuses a table that another rollout watches: its records would no longer add up. */
export async function requireNoOther(tx: Tx, rollout: string, relation: Relation): Promise<void> {
  const other = await otherTracker(tx, relation, rollout);
  if (other === undefined) return;
  throw new Refusal(
    `table ${relation.sql}`,
    `rollout ${other} still watches it`,
    'finish that one first: let its rollback be verified ("switchback rescue" or "switchback revert" begins one), or purge',
  );
}

/** Another rollout that watches the table, or undefined. */
export async function otherTracker(
  tx: Tx,
  relation: Relation,
  rollout?: string,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ rollout: string }>(
    `SELECT rollout FROM switchback.ledger
      WHERE step = $1 AND verb = 'track' AND rollout IS DISTINCT FROM $2 LIMIT 1`,
    [relation.sql, rollout ?? null],
  );
  return rows[0]?.rollout;
}

/** The table's columns that belong to its capture: not those the rollout brought, and none that others determine. */
export function capturedColumns(relation: Relation, brought: readonly string[]): string[] {
  return relation.columns
    .filter(({ name, generated }) => !generated && !brought.includes(name))
    .map(({ name }) => name);
}
