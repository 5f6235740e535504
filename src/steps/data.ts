import type { Act, ReversibleUndo } from '../engine/index.js';
import type { Shapes } from './schema.js';
import { tableTarget } from './table.js';

/**
 * Fills the new columns of every row that has none, in batches; goes on where it was interrupted.
 *
 * @example
 * backfill(shapes, { batch: 1_000 });
 */
export function backfill(shapes: Shapes, options: { batch?: number } = {}): Act<ReversibleUndo> {
  const { db, table, key, forward } = shapes;
  return {
    type: 'act',
    id: `backfill/${db}.${table}`,
    why: 'Rows written before the columns existed have no value in them.',
    verify: 'no row is left without a value',
    target: tableTarget(shapes),
    do: {
      kind: 'postgres.backfill',
      input: { db, table, key, set: { ...forward }, batch: options.batch ?? 5_000 },
    },
    undo: { type: 'nothing', because: 'the columns it fills are dropped by the undo of adding them' },
  };
}

/**
 * Compares both shapes of every row and names those that differ.
 *
 * @example
 * verifyParity(shapes);
 */
export function verifyParity(shapes: Shapes): Act<ReversibleUndo> {
  const { db, table, key, forward, back } = shapes;
  return {
    type: 'act',
    id: `verify-parity/${db}.${table}`,
    why: 'Nobody is shown a row whose two shapes disagree.',
    verify: 'every row has the same content in both shapes',
    target: tableTarget(shapes),
    do: {
      kind: 'postgres.verifyParity',
      input: { db, table, key, forward: { ...forward }, back: { ...back } },
    },
    undo: { type: 'nothing', because: 'it only reads' },
  };
}
