import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Attempt } from '../attempt.js';
import type { Tx } from '../database.js';
import type { TableInput } from '../input.js';
import type { Relation } from '../relation.js';
import type { Findings } from '../../../src/engine/state/values.js';

/** Everything there is to know of one kind of action. */
export interface PostgresAction<Input extends TableInput = TableInput> {
  /** Reads the input. Throws a `Refusal` that names what is wrong with it. */
  parse(kind: string, input: JsonObject): Input;
  /**
   * Can it work on this table as the table is now, or as earlier steps of the plan will leave it? Changes nothing.
   * Throws a `Refusal` when not.
   */
  check(tx: Tx, relation: Relation, input: Input): Promise<Findings>;
  /** Does it, as the act or as the undo of another: once, whoever else tries the same, and whenever it was stopped. */
  perform(attempt: Attempt, input: Input): Promise<Findings>;
}
