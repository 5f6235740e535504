import type { JsonObject } from '../../engine/base/json.js';
import type { Action } from '../../engine/plan/plan.js';

/**
 * What a system's actions do to a target, in memory: enough of it to see whether a way back leads back. It has no rows
 * and no SQL; `drill` on real servers has.
 */
export interface MemorySystem {
  /** The first part of its actions' kinds: `postgres` performs `postgres.addColumns`. */
  readonly name: string;
  /** A target that no rollout has touched. */
  readonly untouched: JsonObject;
  /** The target after the action, the same again when it is performed again. Throws when it cannot be performed. */
  perform(state: JsonObject, action: Action): JsonObject;
}

/** The system that performs a kind. */
export function systemOf(systems: readonly MemorySystem[], { kind }: Action): MemorySystem | undefined {
  return systems.find(({ name }) => kind.split('.')[0] === name);
}

/**
 * A system of which nothing is known: a target is what was done to it last. Restoring is tried; an undo by another
 * action is taken at its word, for nobody can tell here what that does.
 */
export function unknownSystem(name: string): MemorySystem {
  return {
    name,
    untouched: {},
    perform: (_state, { kind, input }) => ({ kind, input }),
  };
}
