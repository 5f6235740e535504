import pg from 'pg';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { Tx } from '../database.js';
import { checkExpressions } from '../expressions.js';
import { columnNames, object, onlyKnown, tableInput, type TableInput } from '../input.js';
import { columnOf, findRelation, type Relation } from '../relation.js';
import { setAside, writtenRows, type Kept } from '../set-aside.js';
import { removeSync, shapes, syncedColumn, type Shapes } from '../sync.js';
import { findTracker } from '../tracker.js';
import { findUntracked, trackerMark, type Untracked } from '../untracked.js';
import type { PostgresAction } from './action.js';

interface Input extends TableInput {
  readonly columns: readonly string[];
  readonly setAside?: Shapes;
}

/**
 * Drops columns, and in the same transaction what kept them in sync; with `setAside`, values that only they know are
 * kept first. No writer ever meets columns that nothing keeps in sync any more: a late one is synced and compared, or
 * gets an error.
 */
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

  async perform(attempt, input) {
    const { rollout } = attempt.key;
    const whole = await attempt.guarded(async ({ tx }) => wholeShapes(await findRelation(tx, input), input));
    const untracked = whole && (await findUntracked(attempt, input, whole));
    return attempt.guarded(async ({ tx, finish }) => {
      const relation = await findRelation(tx, input);
      const present = input.columns.filter((column) => columnOf(relation, column));
      if (present.length === 0) return finish({ table: relation.sql, dropped: [], setAside: 0 });
      // Writers wait, readers do not: nothing can be written between the keeping and the dropping.
      await tx.query(`LOCK TABLE ${relation.sql} IN SHARE ROW EXCLUSIVE MODE`);
      const kept = whole && untracked ? await keep(tx, rollout, relation, whole, untracked) : nothing;
      await letGo(tx, rollout, relation, present);
      const drops = present.map((column) => `DROP COLUMN ${pg.escapeIdentifier(column)}`);
      await tx.query(`ALTER TABLE ${relation.sql} ${drops.join(', ')}`);
      return finish({ table: relation.sql, dropped: present, ...kept });
    });
  },
};

const nothing: Kept = { setAside: 0, disputed: 0, disputedKeys: [] };

/** The two shapes, when all of the new one is there. */
function wholeShapes(relation: Relation, { setAside: given }: Input): Shapes | undefined {
  return given && Object.keys(given.forward).every((column) => columnOf(relation, column))
    ? given
    : undefined;
}

/** The last compare: of the rows that were written, as far as the tracker saw it all; else of every row. */
async function keep(
  tx: Tx,
  rollout: string,
  relation: Relation,
  whole: Shapes,
  { keys, mark }: Untracked,
): Promise<Kept> {
  const sawAll = mark !== undefined && mark === (await trackerMark(tx, rollout, relation));
  const rows = sawAll ? writtenRows(rollout, relation, whole.key, keys) : 'true';
  return setAside(tx, rollout, relation, whole, rows);
}

/** The trigger goes with the columns that it writes: every write of a client would fail from then on. */
async function letGo(tx: Tx, rollout: string, relation: Relation, columns: readonly string[]): Promise<void> {
  const synced = await syncedColumn(tx, relation, columns);
  if (synced === undefined) return;
  if (await findTracker(tx, rollout, relation)) return removeSync(tx, relation);
  throw new Refusal(
    `${relation.sql} column ${synced}`,
    'another rollout keeps it in sync',
    'take that one back before, or purge',
  );
}
