import { Refusal } from '../../../src/engine/base/errors.js';
import type { Action } from '../../../src/engine/plan/plan.js';
import type { TableInput } from '../input.js';
import type { PostgresAction } from './action.js';
import { addColumns } from './add-columns.js';
import { backfill } from './backfill.js';
import { dropColumns } from './drop-columns.js';
import { keepInSync } from './keep-in-sync.js';
import { purgeColumn } from './purge-column.js';
import { restoreColumn } from './restore-column.js';
import { retireColumn } from './retire-column.js';
import { stopSync } from './stop-sync.js';
import { verifyParity } from './verify-parity.js';

/** An action whose input was read: what remains is to check or to perform it. */
export interface BoundAction {
  readonly table: TableInput;
  readonly check: (...args: DropInput<PostgresAction['check']>) => ReturnType<PostgresAction['check']>;
  readonly perform: (...args: DropInput<PostgresAction['perform']>) => ReturnType<PostgresAction['perform']>;
}

type DropInput<F> = F extends (...args: [...infer Before, TableInput]) => unknown ? Before : never;

const actions: Readonly<Record<string, (kind: string, input: Action['input']) => BoundAction>> = {
  'postgres.addColumns': bound(addColumns),
  'postgres.dropColumns': bound(dropColumns),
  'postgres.keepInSync': bound(keepInSync),
  'postgres.stopSync': bound(stopSync),
  'postgres.backfill': bound(backfill),
  'postgres.verifyParity': bound(verifyParity),
  'postgres.retireColumn': bound(retireColumn),
  'postgres.restoreColumn': bound(restoreColumn),
  'postgres.purgeColumn': bound(purgeColumn),
};

/** Reads an action of a plan. Throws a `Refusal` for an unknown kind or a wrong input. */
export function bindAction({ kind, input }: Action): BoundAction {
  const bind = Object.hasOwn(actions, kind) ? actions[kind] : undefined;
  if (bind) return bind(kind, input);
  throw new Refusal(kind, 'there is no such action', `choose one of ${Object.keys(actions).join(', ')}`);
}

function bound<Input extends TableInput>(action: PostgresAction<Input>) {
  return (kind: string, input: Action['input']): BoundAction => {
    const read = action.parse(kind, input);
    return {
      table: read,
      check: (tx, relation) => action.check(tx, relation, read),
      perform: (attempt) => action.perform(attempt, read),
    };
  };
}
