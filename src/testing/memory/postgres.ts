import type { JsonObject } from '../../engine/base/json.js';
import type { Action } from '../../engine/plan/plan.js';
import type { MemorySystem } from './system.js';

/** What a table has beside what it had before: sorted, so that equal tables are equal JSON. */
interface Table {
  readonly added: readonly string[];
  readonly filled: readonly string[];
  readonly hidden: readonly string[];
  readonly dropped: readonly string[];
  /** The columns that triggers derive; none without triggers. */
  readonly synced: readonly string[];
}

const untouched: Table = { added: [], filled: [], hidden: [], dropped: [], synced: [] };

type Perform = (table: Table, input: JsonObject) => Table;

const actions: Readonly<Record<string, Perform>> = {
  'postgres.addColumns': (table, input) => ({ ...table, added: plus(table.added, namesOf(input)) }),
  'postgres.dropColumns'(table, input) {
    const names = namesOf(input);
    refuseWhen(
      table.synced.some((name) => names.includes(name)),
      'triggers still derive them',
    );
    return { ...table, added: minus(table.added, names), filled: minus(table.filled, names) };
  },
  'postgres.keepInSync'(table, input) {
    const derived = keysOf(input, 'forward');
    refuseWhen(minus(derived, table.added).length > 0, 'the columns that triggers derive are not there');
    return { ...table, synced: plus([], derived) };
  },
  'postgres.stopSync': (table) => ({ ...table, synced: [] }),
  'postgres.backfill'(table, input) {
    const names = keysOf(input, 'set');
    refuseWhen(minus(names, table.added).length > 0, 'the columns it fills are not there');
    return { ...table, filled: plus(table.filled, names) };
  },
  'postgres.verifyParity'(table, input) {
    const derived = keysOf(input, 'forward');
    refuseWhen(minus(derived, table.filled).length > 0, 'not every row has both shapes');
    return table;
  },
  'postgres.retireColumn': (table, input) => ({ ...table, hidden: plus(table.hidden, namesOf(input)) }),
  'postgres.restoreColumn': (table, input) => ({ ...table, hidden: minus(table.hidden, namesOf(input)) }),
  'postgres.purgeColumn'(table, input) {
    const names = namesOf(input);
    refuseWhen(minus(names, [...table.hidden, ...table.dropped]).length > 0, 'they are not retired');
    return {
      ...table,
      hidden: minus(table.hidden, names),
      dropped: plus(table.dropped, names),
      synced: [],
    };
  },
};

/** A table is the set of its changes: columns added, filled, hidden, dropped, and what triggers derive. */
export const postgres: MemorySystem = {
  name: 'postgres',
  untouched: { ...untouched },
  perform(state, { kind, input }: Action) {
    const perform = Object.hasOwn(actions, kind) ? actions[kind] : undefined;
    if (!perform) throw new Error(`${kind} is no action on a table`);
    return { ...perform(state as unknown as Table, input) };
  },
};

/** Columns by name, as a list of names or of `{ name, type }`. */
function namesOf(input: JsonObject): string[] {
  const columns = input['columns'];
  if (!Array.isArray(columns)) return [];
  return columns.map((column) =>
    String(typeof column === 'object' ? (column as JsonObject)['name'] : column),
  );
}

function keysOf(input: JsonObject, member: string): string[] {
  return Object.keys((input[member] ?? {}) as JsonObject);
}

function plus(names: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...names, ...more])].sort();
}

function minus(names: readonly string[], fewer: readonly string[]): string[] {
  return names.filter((name) => !fewer.includes(name));
}

function refuseWhen(is: boolean, why: string): void {
  if (is) throw new Error(why);
}
