import { Refusal } from '../../../src/engine/base/errors.js';
import type { Attempt } from '../attempt.js';
import { startWalk, walkBatch, type Walk } from '../backfill-walk.js';
import { checkExpressions, requireKey } from '../expressions.js';
import { expressions, onlyKnown, positive, tableInput, text } from '../input.js';
import { pause } from '../transaction.js';
import type { PostgresAction } from './action.js';
import type { BackfillInput } from '../backfill-input.js';

/** Milliseconds that a batch should take: for so long its rows are locked. */
const target = 100;
const smallest = 50;

/** Derives the new columns of the rows that nobody has written, in batches along the key. */
export const backfill: PostgresAction<BackfillInput> = {
  parse(kind, input) {
    onlyKnown(kind, input, ['db', 'table', 'key', 'set', 'where', 'batch']);
    return {
      ...tableInput(kind, input),
      key: text(kind, input, 'key'),
      set: expressions(kind, input, 'set'),
      ...(input['where'] !== undefined && { where: text(kind, input, 'where') }),
      batch: positive(kind, input, 'batch', 5_000),
    };
  },

  async check(tx, relation, { key, set, where }) {
    await requireKey(tx, relation, key);
    if (Object.hasOwn(set, key))
      throw new Refusal('postgres.backfill', `it sets the key ${key}`, 'keep it as it is');
    await checkExpressions(tx, relation, { ...set, ...(where && { where }) }, Object.keys(set));
    return {};
  },

  async perform(attempt, input) {
    let size = input.batch;
    let walk = await startWalk(attempt, input);
    report(attempt, walk);
    while (!walk.ended) {
      const began = performance.now();
      walk = await walkBatch(
        attempt,
        input,
        () => size,
        () => {
          size = Math.max(smallest, Math.floor(size / 2));
        },
      );
      const took = performance.now() - began;
      size = nextSize(size, took, input.batch);
      report(attempt, walk);
      // The application gets its turn: a third of the time nothing of ours runs.
      if (!walk.ended) await pause(Math.min(took / 2, target), attempt.work);
    }
    const { rows, merged, batches } = walk;
    return attempt.guarded(({ finish }) => finish({ rows, merged, batches }));
  },
};

/** Towards the target, at most a fifth bigger at a time. */
export function nextSize(size: number, took: number, most: number): number {
  const factor = Math.min(1.2, Math.max(0.5, target / Math.max(took, 1)));
  return Math.max(Math.min(smallest, most), Math.min(most, Math.ceil(size * factor)));
}

function report({ work }: Attempt, { rows, of }: Walk): void {
  work.heartbeat({ rows, of });
}
