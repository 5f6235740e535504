import { checkExpressions, requireKey } from '../expressions.js';
import { requireParity } from '../require-parity.js';
import { syncInput, type SyncInput } from '../sync.js';
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
    const { rows } = await requireParity(attempt, input);
    return attempt.guarded(({ finish }) => finish({ rows, differing: 0 }, { effect: false }));
  },
};
