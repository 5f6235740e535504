import {
  milliseconds,
  type Act,
  type Duration,
  type Irreversible,
  type ReversibleUndo,
} from '../engine/index.js';
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

/**
 * Adds nullable columns. Undone by dropping them; values that the old shape cannot express are set aside first.
 *
 * @example
 * addColumns(shapes, [{ name: 'first_name', type: 'text' }]);
 */
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

/**
 * Keeps both shapes of every row in step while old and new versions write; undone by stopping that. All rows are compared
 * again before everybody gets the candidate.
 *
 * @example
 * keepInSync(shapes);
 */
export function keepInSync(shapes: Shapes): Act<ReversibleUndo> {
  const { db, table } = shapes;
  return {
    type: 'act',
    id: `keep-in-sync/${db}.${table}`,
    why: 'Old and new versions write at the same time.',
    verify: 'triggers derive each shape from the other',
    target: tableTarget(shapes),
    do: { kind: 'postgres.keepInSync', input: inputOf(shapes) },
    recheck: { kind: 'postgres.verifyParity', input: inputOf(shapes) },
    undo: { type: 'act', do: { kind: 'postgres.stopSync', input: { db, table } } },
  };
}

/**
 * Takes old columns out of sight, still kept in sync: undone in an instant. Compares both shapes of every row first.
 *
 * @example
 * retireColumns(shapes);
 */
export function retireColumns(shapes: Shapes): Act<ReversibleUndo> {
  const { db, table, back } = shapes;
  const columns = Object.keys(back);
  return {
    type: 'act',
    id: `retire/${db}.${table}`,
    why: `Whoever still reads ${columns.join(', ')} shows up now, while it can be undone in an instant.`,
    verify: `${columns.join(', ')} cannot be read under the old name`,
    target: tableTarget(shapes),
    removesFromBaseline: true,
    // Promoted already: which shape is wrong is for people to say, and going back would not fix it.
    onFailure: 'ask',
    do: { kind: 'postgres.retireColumn', input: { db, table, columns, keepInSync: inputOf(shapes) } },
    undo: {
      type: 'act',
      do: { kind: 'postgres.restoreColumn', input: { db, table, columns, keepInSync: inputOf(shapes) } },
    },
  };
}

/** How a purge behaves on a table that is in use. */
export interface PurgeOptions {
  /** How long writers may be stopped while what they wrote last is compared; 5 s when absent. */
  readonly writersWait?: Duration;
}

/**
 * Drops retired columns. The only point of no return. Compares both shapes of every row first, and those written last
 * once more with writers stopped, in the transaction that drops.
 *
 * @example
 * purgeColumns(shapes, { writersWait: '30s' });
 */
export function purgeColumns(shapes: Shapes, options: PurgeOptions = {}): Act<Irreversible> {
  const { db, table, back } = shapes;
  const columns = Object.keys(back);
  return {
    type: 'act',
    id: `purge/${db}.${table}`,
    why: `Nobody has missed ${columns.join(', ')}.`,
    verify: `the catalogue shows no ${columns.join(', ')} and no trigger of ours`,
    target: tableTarget(shapes),
    do: {
      kind: 'postgres.purgeColumn',
      input: {
        db,
        table,
        columns,
        keepInSync: inputOf(shapes),
        ...(options.writersWait !== undefined && { writersWait: milliseconds(options.writersWait) }),
      },
    },
    undo: { type: 'irreversible', because: `what ${columns.join(', ')} held is gone` },
  };
}

function inputOf({ db, table, key, forward, back }: Shapes) {
  return { db, table, key, forward: { ...forward }, back: { ...back } };
}
