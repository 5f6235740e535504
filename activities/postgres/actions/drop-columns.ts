import pg from 'pg';
import { Refusal } from '../../../src/engine/errors.js';
import { columnNames, object, onlyKnown, tableInput, type TableInput } from '../input.js';
import { checkExpressions } from '../expressions.js';
import { columnOf, findRelation } from '../relation.js';
import { setAside } from '../set-aside.js';
import { requireUnsynced, shapes, type Shapes } from '../sync.js';
import type { PostgresAction } from './action.js';

interface Input extends TableInput {
  readonly columns: readonly string[];
  readonly setAside?: Shapes;
}

/** Drops columns; with `setAside`, values that only they know are kept first, in the same transaction. */
export const dropColumns: PostgresAction<Input> = {
  parse(kind, input) {
    onlyKnown(kind, input, ['db', 'table', 'columns', 'setAside']);
    const columns = columnNames(kind, input, 'columns');
    const base = { ...tableInput(kind, input), columns };
    if (input['setAside'] === undefined) return base;
    const given = object(kind, input, 'setAside');
    onlyKnown(`${kind} setAside`, given, ['key', 'forward', 'back']);
    const read = shapes(`${kind} setAside`, given);
    const stranger = Object.keys(read.forward).find((column) => !columns.includes(column));
    if (stranger === undefined) return { ...base, setAside: read };
    throw new Refusal(
      kind,
      `setAside.forward names ${stranger}, which is not dropped`,
      'name columns of the list only',
    );
  },

  async check(tx, relation, { columns, setAside: kept }) {
    if (kept) await checkExpressions(tx, relation, { ...kept.forward, ...kept.back }, columns);
    return {};
  },

  perform: (attempt, input) =>
    attempt.guarded(async ({ tx, finish }) => {
      const relation = await findRelation(tx, input);
      const present = input.columns.filter((column) => columnOf(relation, column));
      if (present.length === 0) return finish({ table: relation.sql, dropped: [], setAside: 0 });
      await requireUnsynced(tx, relation, present);
      // Writers wait, readers do not: nothing can be written between the keeping and the dropping.
      await tx.query(`LOCK TABLE ${relation.sql} IN SHARE ROW EXCLUSIVE MODE`);
      const whole =
        input.setAside && Object.keys(input.setAside.forward).every((column) => present.includes(column));
      const kept =
        input.setAside && whole ? await setAside(tx, attempt.key.rollout, relation, input.setAside) : 0;
      const drops = present.map((column) => `DROP COLUMN ${pg.escapeIdentifier(column)}`);
      await tx.query(`ALTER TABLE ${relation.sql} ${drops.join(', ')}`);
      return finish({ table: relation.sql, dropped: present, setAside: kept });
    }),
};
