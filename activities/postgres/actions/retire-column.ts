import pg from 'pg';
import { Refusal } from '../../../src/engine/errors.js';
import type { JsonObject } from '../../../src/engine/json.js';
import type { Attempt } from '../attempt.js';
import type { Tx } from '../database.js';
import { checkExpressions } from '../expressions.js';
import { columnNames, object, onlyKnown, tableInput, type TableInput } from '../input.js';
import { retiredName } from '../names.js';
import { columnOf, columnsOf, findRelation, type Relation } from '../relation.js';
import { installSync, isSynced, syncInput, type SyncInput } from '../sync.js';
import { findTracker, replaceTracker } from '../tracker.js';
import type { PostgresAction } from './action.js';

/** The input that retire, restore and purge share. */
export interface RetireInput extends TableInput {
  readonly columns: readonly string[];
  readonly keepInSync: SyncInput;
}

/** Reads `{ db, table, columns, keepInSync }`: the columns must be old ones, of the same table. */
export function retireInput(kind: string, input: JsonObject): RetireInput {
  onlyKnown(kind, input, ['db', 'table', 'columns', 'keepInSync']);
  const base = tableInput(kind, input);
  const columns = columnNames(kind, input, 'columns');
  const keepInSync = syncInput(`${kind} keepInSync`, object(kind, input, 'keepInSync'));
  if (keepInSync.db !== base.db || keepInSync.table !== base.table) {
    throw new Refusal(
      kind,
      `keepInSync is about ${keepInSync.db} ${keepInSync.table}`,
      'name the same table in both',
    );
  }
  const stranger = columns.find((column) => !Object.hasOwn(keepInSync.back, column));
  if (stranger === undefined) return { ...base, columns, keepInSync };
  throw new Refusal(
    kind,
    `${stranger} is not kept in sync by keepInSync.back`,
    'retire only columns that are',
  );
}

/** Takes old columns out of sight. They stay in sync, under another name, so that they can come back in an instant. */
export const retireColumn: PostgresAction<RetireInput> = {
  parse: retireInput,

  async check(tx, relation, { columns, keepInSync: { forward, back } }) {
    await checkExpressions(tx, relation, { ...forward, ...back }, Object.keys(forward));
    for (const column of columns) {
      requireOne(relation, column, retiredName(column));
      await requireUnmentioned(tx, relation, column);
    }
    return {};
  },

  perform: (attempt, input) => rename(attempt, input, (column) => [column, retiredName(column)]),
};

/** Views and constraints follow a renamed column; a trigger function that names it would fail at every write. */
async function requireUnmentioned(tx: Tx, relation: Relation, column: string): Promise<void> {
  const { rows } = await tx.query<{ trigger: string }>(
    `SELECT t.tgname AS trigger FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
      WHERE t.tgrelid = $1 AND NOT t.tgisinternal AND p.pronamespace::regnamespace::text <> 'switchback'
        AND strpos(p.prosrc, $2) > 0`,
    [relation.oid, column],
  );
  const [found] = rows;
  if (!found) return;
  throw new Refusal(
    `${relation.sql} column ${column}`,
    `the function of trigger ${found.trigger} names it and would fail without it`,
    'change that function first',
  );
}

/** Renames columns and makes sync and tracker follow, in one transaction: no writer ever meets half of it. */
export function rename(
  attempt: Attempt,
  input: RetireInput,
  namesOf: (column: string) => readonly [from: string, to: string],
) {
  return attempt.guarded(async ({ tx, finish }) => {
    const relation = await findRelation(tx, input);
    if (!(await isSynced(tx, relation))) {
      throw new Refusal(
        `table ${relation.sql}`,
        'it is not kept in sync',
        'perform postgres.keepInSync before',
      );
    }
    const renamed: string[] = [];
    for (const [from, to] of input.columns.map(namesOf)) {
      requireOne(relation, from, to);
      await tx.query(
        `ALTER TABLE ${relation.sql} RENAME COLUMN ${pg.escapeIdentifier(from)} TO ${pg.escapeIdentifier(to)}`,
      );
      renamed.push(to);
    }
    await follow(tx, attempt.key.rollout, { ...relation, columns: await columnsOf(tx, relation.oid) }, input);
    return finish({ table: relation.sql, renamed });
  });
}

async function follow(tx: Tx, rollout: string, relation: Relation, input: RetireInput): Promise<void> {
  await installSync(tx, relation, input.keepInSync);
  const tracker = await findTracker(tx, rollout, relation);
  if (tracker) await replaceTracker(tx, rollout, relation, tracker);
}

function requireOne(relation: Relation, from: string, to: string): void {
  if (!columnOf(relation, from)) {
    throw new Refusal(`${relation.sql} column ${from}`, 'there is none', 'correct the name');
  }
  if (!columnOf(relation, to)) return;
  throw new Refusal(`${relation.sql} column ${to}`, `it is in the way of ${from}`, 'rename or drop it');
}
