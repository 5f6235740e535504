import { retiredName } from '../names.js';
import type { PostgresAction } from './action.js';
import { rename, retireInput, type RetireInput } from './retire-column.js';

/** Brings retired columns back in sight. */
export const restoreColumn: PostgresAction<RetireInput> = {
  parse: (kind, input) => retireInput(kind, input),
  check: async () => ({}),
  perform: (attempt, input) => rename(attempt, input, (column) => [retiredName(column), column]),
};
