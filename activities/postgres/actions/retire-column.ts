import pg from 'pg';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Attempt } from '../attempt.js';
import type { Tx } from '../database.js';
import { checkExpressions } from '../expressions.js';
import { columnNames, object, onlyKnown, tableInput, type TableInput } from '../input.js';
import { functionsThatMention, requireUnmentioned } from '../mentions.js';
import { retiredName } from '../names.js';
import { requireParity } from '../require-parity.js';
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
export function retireInput(kind: string, input: JsonObject, more: readonly string[] = []): RetireInput {
  onlyKnown(kind, input, ['db', 'table', 'columns', 'keepInSync', ...more]);
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
  parse: (kind, input) => retireInput(kind, input),

  async check(tx, relation, { columns, keepInSync: { forward, back } }) {
    await checkExpressions(tx, relation, { ...forward, ...back }, Object.keys(forward));
    const warnings: string[] = [];
    for (const column of columns) {
      requireOne(relation, column, retiredName(column));
      await requireUnmentioned(tx, relation, column);
      const functions = await functionsThatMention(tx, relation, column);
      if (functions.length > 0) warnings.push(`${functions.join(', ')} may fail without ${column}`);
    }
    return warnings.length > 0 ? { warnings } : {};
  },

  async perform(attempt, input) {
    const { rows } = await requireParity(attempt, input.keepInSync);
    return rename(attempt, input, (column) => [column, retiredName(column)], { compared: rows });
  },
};

/** Renames columns and makes sync and tracker follow, in one transaction: no writer ever meets half of it. */
export function rename(
  attempt: Attempt,
  input: RetireInput,
  namesOf: (column: string) => readonly [from: string, to: string],
  found: JsonObject = {},
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
    return finish({ table: relation.sql, renamed, ...found });
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
