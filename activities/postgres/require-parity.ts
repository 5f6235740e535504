import { Refusal } from '../../src/engine/base/errors.js';
import type { Attempt } from './attempt.js';
import type { Tx } from './database.js';
import {
  compareChunk,
  compareWrittenSince,
  differencesOf,
  keysKept,
  nothingSeen,
  oldestUnderWay,
  shown,
  type Difference,
  type Seen,
} from './parity.js';
import { findRelation, type Relation } from './relation.js';
import { syncTriggerOf, type SyncInput } from './sync.js';
import { findTracker, trackerTriggersOf } from './tracker.js';
import { pause, persistently, transaction } from './transaction.js';
import { requireArmed } from './triggers.js';

const chunkRows = 10_000;
const keysShown = 10;

/** Rows that were compared while writers went on. */
export interface Compared {
  readonly rows: number;
  /** Whatever this transaction or a later one writes was perhaps not seen. */
  readonly oldest: string;
}

/**
 * Demands that both shapes of every row agree, and that our triggers, where this rollout has put them, still see every
 * write. Writers go on meanwhile.
 */
export async function requireParity(attempt: Attempt, input: SyncInput): Promise<Compared> {
  await attempt.guarded(async ({ tx }) => {
    const relation = await findRelation(tx, input);
    if (await findTracker(tx, attempt.key.rollout, relation)) await requireInSync(tx, relation);
  });
  try {
    for (;;) {
      const { oldest, ...seen } = await walk(attempt, input);
      if (!(await standing(attempt, input, seen))) return { rows: seen.rows, oldest };
    }
  } catch (error) {
    // Another attempt may have finished meanwhile, and have changed what is compared here: then its answer counts.
    await attempt.guarded(() => Promise.resolve());
    throw error;
  }
}

/** Demands that the rows written since an earlier comparison agree. Only under a lock that stops writers is it final. */
export async function requireParitySince(
  tx: Tx,
  relation: Relation,
  input: SyncInput,
  { oldest }: Compared,
): Promise<number> {
  const seen = await compareWrittenSince(tx, relation, input, oldest);
  if (seen.differing === 0) return seen.rows;
  const differences = await differencesOf(tx, relation, input, seen.keys.slice(0, keysShown));
  throw outOfParity(relation, input, seen.differing, differences);
}

/** Refuses a table whose triggers are off. */
export function requireInSync(tx: Tx, relation: Relation): Promise<void> {
  return requireArmed(tx, relation, [syncTriggerOf(relation), ...trackerTriggersOf(relation)]);
}

/** Walks the table along its key, each chunk in a transaction of its own. */
async function walk(attempt: Attempt, input: SyncInput): Promise<Seen & { readonly oldest: string }> {
  const oldest = await reading(attempt, input, oldestUnderWay);
  let seen = nothingSeen;
  for (let full = true; full;) {
    const { last } = seen;
    const chunk = await reading(attempt, input, (tx, relation) =>
      compareChunk(tx, relation, input, { last, most: chunkRows }),
    );
    seen = added(seen, chunk);
    attempt.work.heartbeat({ rows: seen.rows });
    full = chunk.rows === chunkRows;
  }
  return { ...seen, oldest };
}

function added(seen: Seen, { rows, differing, keys, last }: Seen): Seen {
  return {
    rows: seen.rows + rows,
    differing: seen.differing + differing,
    keys: [...seen.keys, ...keys].slice(0, keysKept),
    last,
  };
}

/**
 * Refuses rows that still differ when they are looked at again: someone may just have been writing both shapes. Answers
 * whether there may be others, which were not looked at twice.
 */
async function standing(attempt: Attempt, input: SyncInput, seen: Seen): Promise<boolean> {
  if (seen.differing === 0) return false;
  await pause(500, attempt.work);
  await reading(attempt, input, async (tx, relation) => {
    const differences = await differencesOf(tx, relation, input, seen.keys);
    if (differences.length === 0) return;
    const settled = seen.keys.length - differences.length;
    throw outOfParity(relation, input, seen.differing - settled, differences);
  });
  return seen.differing > seen.keys.length;
}

function outOfParity(
  { sql }: Relation,
  { key, back, forward }: SyncInput,
  count: number,
  differences: readonly Difference[],
): Refusal {
  const old = Object.keys(back);
  const fresh = Object.keys(forward);
  const examples = differences.slice(0, keysShown).map(({ key: value, values }) => {
    const held = (columns: string[]) =>
      columns.map((column) => `${column} ${shown(values[column])}`).join(', ');
    return `${key} ${value} (${held(old)}; ${held(fresh)})`;
  });
  const more = count > examples.length ? ` and ${count - examples.length} more` : '';
  return new Refusal(
    `table ${sql}`,
    `in ${count} ${count === 1 ? 'row' : 'rows'} ${old.join(', ')} is not what ${fresh.join(', ')} say: ${examples.join(', ')}${more}`,
    'write the shape that is wrong in these rows, or correct the expressions, and compare again',
  );
}

function reading<T>(
  { database, work }: Attempt,
  input: SyncInput,
  body: (tx: Tx, relation: Relation) => Promise<T>,
): Promise<T> {
  return persistently(database, work, () =>
    transaction(database, work, { readOnly: true }, async (tx) => body(tx, await findRelation(tx, input))),
  );
}
