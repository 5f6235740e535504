import type { JsonObject } from '../../src/engine/base/json.js';
import type { Attempt } from './attempt.js';
import type { Tx } from './database.js';
import { batchEnd, keyRange } from './key-range.js';
import { presentSql, rowOf } from './names.js';
import { findRelation, requireColumn, type Relation } from './relation.js';
import { countSetAside, mergeStatement } from './set-aside.js';
import type { BackfillInput } from './backfill-input.js';

/** How far a backfill is, as the ledger knows it: the next batch starts from here, whoever does it. */
export interface Walk {
  /** The last key done, as text; null before the first. */
  readonly last: string | null;
  /** Rows written. */
  readonly rows: number;
  /** Of these, rows that got back what an earlier rollout had set aside. */
  readonly merged: number;
  /** Rows of the table at the start. */
  readonly of: number;
  readonly batches: number;
  readonly ended: boolean;
}

/** Finds where an earlier attempt stopped, or counts the table and begins. */
export function startWalk(attempt: Attempt, input: BackfillInput): Promise<Walk> {
  return attempt.guarded(async ({ tx, progress, note }) => {
    if (isWalk(progress)) return progress;
    const relation = await findRelation(tx, input);
    for (const column of [input.key, ...Object.keys(input.set)]) requireColumn(relation, column);
    // Counting a big table takes longer than the step may be held; its statistics are near enough.
    const { rows } = await tx.query<{ of: number }>(
      `SELECT CASE WHEN reltuples > 1e6 THEN reltuples ELSE (SELECT count(*) FROM ${relation.sql}) END::float8 AS of
         FROM pg_class WHERE oid = $1`,
      [relation.oid],
    );
    const walk = { last: null, rows: 0, merged: 0, of: rows[0]?.of ?? 0, batches: 0, ended: false };
    await note(walk);
    return walk;
  });
}

/**
 * One batch in one transaction, from where the ledger says: two attempts side by side share the work. `size` is asked
 * at each try, `onRetry` called between two.
 */
export function walkBatch(
  attempt: Attempt,
  input: BackfillInput,
  size: () => number,
  onRetry: () => void,
): Promise<Walk> {
  return attempt.guarded(
    async ({ tx, progress, note }) => {
      if (!isWalk(progress)) throw new Error('the ledger lost the progress of the backfill');
      if (progress.ended) return progress;
      const relation = await findRelation(tx, input);
      await tx.query(`SELECT set_config('switchback.backfill', 'on', true)`);
      const upTo = await batchEnd(tx, relation, input.key, progress.last, size());
      const { written, merged } = await fill(tx, relation, input, progress.last, upTo);
      const walk: Walk = {
        ...progress,
        last: upTo ?? progress.last,
        rows: progress.rows + written + merged,
        merged: progress.merged + merged,
        batches: progress.batches + 1,
        ended: upTo === null,
      };
      await note({ ...walk });
      return walk;
    },
    { onRetry },
  );
}

async function fill(
  tx: Tx,
  relation: Relation,
  input: BackfillInput,
  last: string | null,
  upTo: string | null,
): Promise<{ written: number; merged: number }> {
  const columns = Object.keys(input.set);
  const row = rowOf(relation, 't', columns);
  const where = [
    keyRange(relation, input.key, last, upTo, 't.'),
    ...columns.map((column) => `t.${presentSql(relation, column)} IS NULL`),
    ...(input.where === undefined ? [] : [`(SELECT (${input.where}\n) FROM ${row})`]),
  ].join(' AND ');
  const kept = await countSetAside(tx, relation);
  const merged = kept > 0 ? await tx.query(mergeStatement(relation, input.key, columns, where)) : undefined;
  const sets = Object.entries(input.set).map(
    ([column, expression]) => `${presentSql(relation, column)} = (SELECT (${expression}\n) FROM ${row})`,
  );
  // Evaluated on the row as it is when it is locked: a write that came first is neither lost nor overwritten.
  const written = await tx.query(`UPDATE ${relation.sql} t SET ${sets.join(', ')} WHERE ${where}`);
  return { written: written.rowCount ?? 0, merged: merged?.rowCount ?? 0 };
}

function isWalk(progress: JsonObject): progress is JsonObject & Walk {
  return typeof progress['batches'] === 'number';
}
