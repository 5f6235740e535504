/** The vocabulary for authors: each constructor gives one step and owns its undo. */
export * from './act.js';
export * from './action.js';
export * from './approve.js';
export * from './data.js';
export * from './exposure.js';
export * from './guards.js';
export * from './schema.js';
export * from './table.js';
export * from './watch.js';
