import type { Attempt } from './attempt.js';
import { comparingIfPossible } from './compare.js';
import type { Tx } from './database.js';
import type { TableInput } from './input.js';
import { batchEnd, keyRange } from './key-range.js';
import { findRelation, type Relation } from './relation.js';
import { verdictsOver } from './set-aside.js';
import type { Shapes } from './sync.js';
import { findTracker, trackerTriggers } from './tracker.js';
import { persistently, transaction } from './transaction.js';

const chunkRows = 10_000;
/** More of them than this, and all rows are compared under the lock. */
const mostKeys = 100_000;

/** Rows with something to keep that the tracker has not recorded, and how far that can be relied on. */
export interface Untracked {
  readonly keys: readonly string[];
  /** The tracker's triggers as they were before the first row was read; undefined when they do not record everything. */
  readonly mark: string | undefined;
}

interface Chunk {
  readonly keys: readonly string[];
  /** The last key of the chunk; null when it was the last. */
  readonly end: string | null;
}

/**
 * Looks for rows that were written behind the tracker's back: while triggers were disabled, or under a build whose
 * triggers did not fire for replicas. Reads the whole table in chunks, without a lock that anybody feels, so that under
 * the lock only what was written since has to be compared.
 */
export async function findUntracked(attempt: Attempt, table: TableInput, shapes: Shapes): Promise<Untracked> {
  const mark = await reading(attempt, table, (tx, relation) =>
    trackerMark(tx, attempt.key.rollout, relation),
  );
  const keys: string[] = [];
  if (mark === undefined) return { keys, mark };
  for (let last: string | null = null; ;) {
    const from: string | null = last;
    const chunk: Chunk = await reading(attempt, table, (tx, relation) =>
      readChunk(tx, attempt.key.rollout, relation, shapes, from),
    );
    keys.push(...chunk.keys);
    if (keys.length > mostKeys) return { keys: [], mark: undefined };
    if (chunk.end === null) return { keys, mark };
    last = chunk.end;
    attempt.work.heartbeat({ compared: last });
  }
}

/**
 * Says whether the tracker has recorded every write since an earlier mark: the same text as then. Any change of a
 * trigger, also one that was taken back again, is a new version of its row in the catalogue.
 */
export async function trackerMark(tx: Tx, rollout: string, relation: Relation): Promise<string | undefined> {
  if (!(await findTracker(tx, rollout, relation))) return undefined;
  const { rows } = await tx.query<{ mark: string }>(
    `SELECT oid || '/' || xmin || '/' || ctid AS mark FROM pg_trigger
      WHERE tgrelid = $1 AND tgname = ANY ($2) AND tgenabled = 'A' ORDER BY oid`,
    [relation.oid, trackerTriggers],
  );
  return rows.length < trackerTriggers.length ? undefined : rows.map(({ mark }) => mark).join(' ');
}

async function readChunk(
  tx: Tx,
  rollout: string,
  relation: Relation,
  shapes: Shapes,
  last: string | null,
): Promise<Chunk> {
  const end = await batchEnd(tx, relation, shapes.key, last, chunkRows);
  const range = keyRange(relation, shapes.key, last, end, 't.');
  const find = (comparing: boolean) =>
    tx.query<{ key: string }>(
      `SELECT seen.key FROM (${verdictsOver(relation, shapes, range, comparing)}) AS seen
        WHERE seen.verdict <> 'derived' AND NOT EXISTS (SELECT FROM switchback.touched x
          WHERE x.rollout = $1 AND x.relation = $2 AND x.key = seen.key)`,
      [rollout, relation.sql],
    );
  const { rows } = await comparingIfPossible(tx, find);
  return { keys: rows.map(({ key }) => key), end };
}

function reading<T>(
  { database, work }: Attempt,
  table: TableInput,
  body: (tx: Tx, relation: Relation) => Promise<T>,
): Promise<T> {
  return persistently(database, work, () =>
    transaction(database, work, { readOnly: true }, async (tx) => body(tx, await findRelation(tx, table))),
  );
}
