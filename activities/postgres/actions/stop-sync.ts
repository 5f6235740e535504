import { onlyKnown, tableInput } from '../input.js';
import { findRelation } from '../relation.js';
import { removeSync } from '../sync.js';
import type { PostgresAction } from './action.js';

/** Stops keeping in sync. The tracker stays: it is what the rollback is verified with. */
export const stopSync: PostgresAction = {
  parse(kind, input) {
    onlyKnown(kind, input, ['db', 'table']);
    return tableInput(kind, input);
  },

  check: async () => ({}),

  perform: (attempt, input) =>
    attempt.guarded(async ({ tx, finish }) => {
      const relation = await findRelation(tx, input);
      await removeSync(tx, relation);
      return finish({ table: relation.sql, stopped: true });
    }),
};
