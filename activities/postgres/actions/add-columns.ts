import pg from 'pg';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { Tx } from '../database.js';
import { objects, onlyKnown, tableInput, text, type TableInput } from '../input.js';
import { columnOf, findRelation, type Relation } from '../relation.js';
import type { PostgresAction } from './action.js';

interface Input extends TableInput {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Adds columns that may be null and have no default: an instant change, and writers that do not know them still work. */
export const addColumns: PostgresAction<Input> = {
  parse(kind, input) {
    onlyKnown(kind, input, ['db', 'table', 'columns']);
    const columns = objects(kind, input, 'columns').map((column, index) => {
      onlyKnown(`${kind} columns[${index}]`, column, ['name', 'type']);
      return {
        name: text(`${kind} columns[${index}]`, column, 'name'),
        type: text(`${kind} columns[${index}]`, column, 'type'),
      };
    });
    return { ...tableInput(kind, input), columns };
  },

  async check(tx, relation, { columns }) {
    for (const { name, type } of columns) {
      requireAbsent(relation, name);
      await requireType(tx, name, type);
    }
    return {};
  },

  perform: (attempt, input) =>
    attempt.guarded(async ({ tx, finish }) => {
      const relation = await findRelation(tx, input);
      for (const { name, type } of input.columns) {
        requireAbsent(relation, name);
        await requireType(tx, name, type);
      }
      const additions = input.columns.map(
        ({ name, type }) => `ADD COLUMN ${pg.escapeIdentifier(name)} ${type}`,
      );
      await tx.query(`ALTER TABLE ${relation.sql} ${additions.join(', ')}`);
      return finish({ table: relation.sql, added: input.columns.map(({ name }) => name) });
    }),
};

function requireAbsent(relation: Relation, name: string): void {
  if (Buffer.byteLength(name) > 63) {
    throw new Refusal(
      `column ${name}`,
      'its name is longer than 63 bytes and would be cut',
      'choose a shorter one',
    );
  }
  if (!columnOf(relation, name)) return;
  throw new Refusal(
    `${relation.sql} column ${name}`,
    'it is there already',
    'choose another name, or drop it first',
  );
}

/** The type stands unquoted in a statement: only what the server reads as a type name, and nothing else, may. */
async function requireType(tx: Tx, name: string, type: string): Promise<void> {
  await tx.query('SAVEPOINT type');
  const known = await tx
    .query<{ known: boolean }>('SELECT to_regtype($1) IS NOT NULL AS known', [type])
    .then(({ rows }) => rows[0]?.known === true)
    .catch((error: unknown) => {
      if (error instanceof pg.DatabaseError && error.code?.startsWith('42')) return false;
      throw error;
    });
  await tx.query('ROLLBACK TO SAVEPOINT type');
  if (known) return;
  throw new Refusal(
    `column ${name}`,
    `${type} is not a type`,
    'write a type alone: no default, no NOT NULL, no serial',
  );
}
