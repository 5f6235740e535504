import pg from 'pg';
import { Refusal } from '../../../src/engine/errors.js';
import { retiredName } from '../names.js';
import { columnOf, findRelation } from '../relation.js';
import { removeSync } from '../sync.js';
import { removeTracker, requireNoOther } from '../tracker.js';
import type { PostgresAction } from './action.js';
import { retireInput, type RetireInput } from './retire-column.js';

/** Drops retired columns for good, with all that kept them in sync and all that could verify a way back. */
export const purgeColumn: PostgresAction<RetireInput> = {
  parse: retireInput,

  async check(_tx, relation, { columns }) {
    for (const column of columns) {
      if (columnOf(relation, column) || columnOf(relation, retiredName(column))) continue;
      throw new Refusal(
        `${relation.sql} column ${column}`,
        'there is none, retired or not',
        'correct the name',
      );
    }
    return {};
  },

  perform: (attempt, input) =>
    attempt.guarded(async ({ tx, finish }) => {
      const relation = await findRelation(tx, input);
      for (const column of input.columns) {
        if (columnOf(relation, retiredName(column))) continue;
        throw new Refusal(
          `${relation.sql} column ${column}`,
          'it is not retired',
          'perform postgres.retireColumn before',
        );
      }
      await requireNoOther(tx, attempt.key.rollout, relation);
      await removeSync(tx, relation);
      await removeTracker(tx, attempt.key.rollout, relation);
      const drops = input.columns.map((column) => `DROP COLUMN ${pg.escapeIdentifier(retiredName(column))}`);
      await tx.query(`ALTER TABLE ${relation.sql} ${drops.join(', ')}`);
      return finish({ table: relation.sql, purged: [...input.columns] });
    }),
};
