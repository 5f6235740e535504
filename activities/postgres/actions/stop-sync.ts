import { columnsBrought } from '../brought.js';
import { onlyKnown, tableInput } from '../input.js';
import { findRelation } from '../relation.js';
import { removeSync, syncedColumn } from '../sync.js';
import type { PostgresAction } from './action.js';

/**
 * Stops keeping in sync columns that stay. Those that the rollout itself added are kept in sync until the very
 * transaction that drops them: in between, whoever still serves the candidate would write there, be acknowledged, and
 * be read by nobody. The tracker stays in either case: it is what the rollback is verified with.
 */
export const stopSync: PostgresAction = {
  parse(kind, input) {
    onlyKnown(kind, input, ['db', 'table']);
    return tableInput(kind, input);
  },

  check: async () => ({}),

  perform: (attempt, input) =>
    attempt.guarded(async ({ tx, finish }) => {
      const relation = await findRelation(tx, input);
      const brought = await columnsBrought(tx, attempt.key.rollout, relation);
      const goes = await syncedColumn(tx, relation, brought);
      if (goes !== undefined) return finish({ table: relation.sql, stopped: false, goesWith: brought });
      await removeSync(tx, relation);
      return finish({ table: relation.sql, stopped: true });
    }),
};
