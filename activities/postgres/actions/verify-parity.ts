import { Refusal } from '../../../src/engine/errors.js';
import { checkExpressions, requireKey } from '../expressions.js';
import { stillDiffering, walkParity } from '../parity.js';
import { syncInput, type SyncInput } from '../sync.js';
import { pause } from '../transaction.js';
import type { PostgresAction } from './action.js';

/** Reads every row: do the old columns hold what `back` makes of the new ones? */
export const verifyParity: PostgresAction<SyncInput> = {
  parse: syncInput,

  async check(tx, relation, { key, forward, back }) {
    await requireKey(tx, relation, key);
    await checkExpressions(tx, relation, back, Object.keys(forward));
    return {};
  },

  async perform(attempt, input) {
    let rows = 0;
    for await (const chunk of walkParity(attempt, input)) {
      rows += chunk.rows;
      attempt.work.heartbeat({ rows });
      if (chunk.differing.length === 0) continue;
      // Writers are live: what differs in one look may be a row that was just being written.
      await pause(500, attempt.work);
      const differing = await stillDiffering(attempt, input, chunk.differing);
      if (differing.length > 0) throw outOfParity(input, differing, chunk.more);
    }
    return attempt.guarded(({ finish }) => finish({ rows, differing: 0 }, { effect: false }));
  },
};

function outOfParity({ table, key, back }: SyncInput, differing: readonly string[], more: boolean): Refusal {
  const columns = Object.keys(back).join(', ');
  const many = more ? `at least ${differing.length}` : String(differing.length);
  return new Refusal(
    `table ${table}`,
    `in ${many} rows ${columns} is not what the new columns say: ${key} ${differing.slice(0, 10).join(', ')}`,
    'correct these rows or the expressions, and start again',
  );
}
