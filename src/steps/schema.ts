import type { Act, Irreversible, ReversibleUndo } from '../engine/index.js';
import { tableTarget, type Table } from './table.js';

/** A column to add: its name and its PostgreSQL type. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** How one shape of a row follows from the other: SQL expressions over the row's columns, by column. */
export interface Shapes extends Table {
  /** A column that is unique and not null. */
  readonly key: string;
  /** New columns from old ones. */
  readonly forward: { readonly [column: string]: string };
  /** Old columns from new ones. */
  readonly back: { readonly [column: string]: string };
}

/** Adds nullable columns. Undone by dropping them; values that the old shape cannot express are set aside first. */
export function addColumns(shapes: Shapes, columns: readonly Column[]): Act<ReversibleUndo> {
  const { db, table, key, forward, back } = shapes;
  const names = columns.map(({ name }) => name);
  return {
    type: 'act',
    id: `add-columns/${db}.${table}`,
    why: `The new version needs ${names.join(', ')}.`,
    verify: `the catalogue shows ${names.join(', ')}`,
    target: tableTarget(shapes),
    do: {
      kind: 'postgres.addColumns',
      input: { db, table, columns: columns.map(({ name, type }) => ({ name, type })) },
    },
    undo: {
      type: 'act',
      do: {
        kind: 'postgres.dropColumns',
        input: { db, table, columns: names, setAside: { key, forward, back } },
      },
    },
  };
}

/** Keeps both shapes of every row in step while old and new versions write; undone by stopping that. */
export function keepInSync(shapes: Shapes): Act<ReversibleUndo> {
  const { db, table } = shapes;
  return {
    type: 'act',
    id: `keep-in-sync/${db}.${table}`,
    why: 'Old and new versions write at the same time.',
    verify: 'triggers derive each shape from the other',
    target: tableTarget(shapes),
    do: { kind: 'postgres.keepInSync', input: inputOf(shapes) },
    undo: { type: 'act', do: { kind: 'postgres.stopSync', input: { db, table } } },
  };
}

/** Takes old columns out of sight, still kept in sync: undone in an instant. */
export function retireColumns(shapes: Shapes): Act<ReversibleUndo> {
  const { db, table, back } = shapes;
  const columns = Object.keys(back);
  return {
    type: 'act',
    id: `retire/${db}.${table}`,
    why: `Whoever still reads ${columns.join(', ')} shows up now, while it can be undone in an instant.`,
    verify: `${columns.join(', ')} cannot be read under the old name`,
    target: tableTarget(shapes),
    takesFromBaseline: true,
    do: { kind: 'postgres.retireColumn', input: { db, table, columns, keepInSync: inputOf(shapes) } },
    undo: {
      type: 'act',
      do: { kind: 'postgres.restoreColumn', input: { db, table, columns, keepInSync: inputOf(shapes) } },
    },
  };
}

/** Drops retired columns. The only point of no return. */
export function purgeColumns(shapes: Shapes): Act<Irreversible> {
  const { db, table, back } = shapes;
  const columns = Object.keys(back);
  return {
    type: 'act',
    id: `purge/${db}.${table}`,
    why: `Nobody has missed ${columns.join(', ')}.`,
    verify: `the catalogue shows no ${columns.join(', ')} and no trigger of ours`,
    target: tableTarget(shapes),
    do: { kind: 'postgres.purgeColumn', input: { db, table, columns, keepInSync: inputOf(shapes) } },
    undo: { type: 'irreversible', because: `what ${columns.join(', ')} held is gone` },
  };
}

function inputOf({ db, table, key, forward, back }: Shapes) {
  return { db, table, key, forward: { ...forward }, back: { ...back } };
}
