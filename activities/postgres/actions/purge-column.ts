import pg from 'pg';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { Attempt, Guarded } from '../attempt.js';
import type { Tx } from '../database.js';
import { requireNothingBreaks } from '../dependents.js';
import { isPassing } from '../failures.js';
import { positive } from '../input.js';
import { presentName, retiredName } from '../names.js';
import { columnOf, findRelation, type Relation } from '../relation.js';
import { requireInSync, requireParity, requireParitySince, type Compared } from '../require-parity.js';
import { removeSync } from '../sync.js';
import { dropTracker, forgetTracked, requireNoOther } from '../tracker.js';
import type { PostgresAction } from './action.js';
import { retireInput, type RetireInput } from './retire-column.js';

interface PurgeInput extends RetireInput {
  /** Milliseconds for which writers may be stopped while what they wrote last is compared. */
  readonly writersWait: number;
}

/**
 * Milliseconds for the last lock, which stops readers as well. Below `deadlock_timeout` (1 s): a client that has read and
 * now waits to write is in our way as we are in its, and it is we who give up.
 */
const readersWait = 300;
const statementTimeout = '57014';

/** Drops retired columns for good, with all that kept them in sync and all that could verify a way back. */
export const purgeColumn: PostgresAction<PurgeInput> = {
  parse: (kind, input) => ({
    ...retireInput(kind, input, ['writersWait']),
    writersWait: positive(kind, input, 'writersWait', 5_000),
  }),

  async check(tx, relation, { columns }) {
    for (const column of columns) {
      if (columnOf(relation, column) || columnOf(relation, retiredName(column))) continue;
      throw new Refusal(
        `${relation.sql} column ${column}`,
        'there is none, retired or not',
        'correct the name',
      );
    }
    const gone = await requireNothingBreaks(tx, relation, columns);
    if (gone.length === 0) return {};
    return { warnings: [`with ${columns.join(', ')} go ${gone.map(({ name }) => name).join(', ')}`] };
  },

  async perform(attempt, input) {
    if (!(await isPurged(attempt, input))) {
      const compared = await requireParity(attempt, input.keepInSync);
      await askingWhenHeldUp(input, () =>
        attempt.guarded((guarded) => purge(guarded, attempt.key.rollout, input, compared)),
      );
    }
    // After many writes it takes a while: nobody is held up by it any more.
    return attempt.guarded(async ({ tx, progress, finish }) => {
      const relation = await findRelation(tx, input);
      await forgetTracked(tx, attempt.key.rollout, relation);
      return finish({ ...progress, table: relation.sql, purged: [...input.columns] });
    });
  },
};

/** Stops writers, compares what they wrote since, and only then drops: nothing that is acknowledged is lost in between. */
async function purge({ tx, note }: Guarded, rollout: string, input: PurgeInput, compared: Compared) {
  const relation = await stopWriters(tx, input);
  requireRetired(relation, input.columns);
  await requireNoOther(tx, rollout, relation);
  await requireInSync(tx, relation);
  await requireNothingBreaks(tx, relation, input.columns);
  const again = await compareInTime(input, () =>
    requireParitySince(tx, relation, input.keepInSync, compared),
  );
  await stopReaders(tx, relation);
  await removeSync(tx, relation);
  await dropTracker(tx, relation);
  const drops = input.columns.map((column) => `DROP COLUMN ${pg.escapeIdentifier(retiredName(column))}`);
  await tx.query(`ALTER TABLE ${relation.sql} ${drops.join(', ')}`);
  await note({ compared: compared.rows, comparedWithoutWriters: again });
}

/** An attempt before this one, perhaps under another epoch, has dropped them and did not come to its end. */
function isPurged(attempt: Attempt, input: PurgeInput): Promise<boolean> {
  return attempt.guarded(async ({ tx }) => {
    const relation = await findRelation(tx, input);
    return input.columns.every((column) => !columnOf(relation, presentName(relation, column)));
  });
}

/** The table as it is once nobody writes it any more, until the transaction ends. */
async function stopWriters(tx: Tx, input: PurgeInput): Promise<Relation> {
  const { sql } = await findRelation(tx, input);
  await tx.query(`LOCK TABLE ${sql} IN SHARE ROW EXCLUSIVE MODE`);
  await tx.query(`SELECT set_config('statement_timeout', $1, true)`, [String(input.writersWait)]);
  return findRelation(tx, input);
}

async function stopReaders(tx: Tx, { sql }: Relation): Promise<void> {
  await tx.query(`SELECT set_config('lock_timeout', $1, true)`, [String(readersWait)]);
  await tx.query(`LOCK TABLE ${sql} IN ACCESS EXCLUSIVE MODE`);
}

/** Once is enough: each further try would stop writers for as long again. */
async function compareInTime<T>({ table, writersWait }: PurgeInput, compare: () => Promise<T>): Promise<T> {
  try {
    return await compare();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== statementTimeout) throw error;
    throw heldUp(table, `comparing what was written last took longer than ${writersWait} ms`, error);
  }
}

/** Trying on for an hour would stop writers again and again: an operator chooses the moment. */
async function askingWhenHeldUp(input: PurgeInput, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error) || !isPassing(error.cause)) throw error;
    throw heldUp(input.table, error.message, error);
  }
}

function heldUp(table: string, rule: string, cause: Error): Refusal {
  const refusal = new Refusal(
    `table ${table}`,
    `${rule}; writers go on, and nothing was changed`,
    'end what is in the way, or wait for a quieter hour, and try again; purgeColumns takes a longer writersWait',
  );
  refusal.cause = cause;
  return refusal;
}

function requireRetired(relation: Relation, columns: readonly string[]): void {
  const present = columns.find((column) => !columnOf(relation, retiredName(column)));
  if (present === undefined) return;
  throw new Refusal(
    `${relation.sql} column ${present}`,
    'it is not retired',
    'perform postgres.retireColumn before',
  );
}
