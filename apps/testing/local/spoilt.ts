import type { Mutant } from '../../../src/drill/mutants.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Adapter } from '../../../src/protocol/adapter.js';

/** What the act of a mutant left, for a way back that puts back that. */
export interface Left {
  state?: JsonObject;
}

/**
 * An adapter whose way back of one act is spoilt: it says that it succeeded, and does nothing, or puts back what the act
 * itself left. What was taken out of the plan altogether does not get here.
 *
 * @param left outlives the adapter, which a crash replaces
 */
export function spoilt(adapter: Adapter, { act: id, spoiling }: Mutant, left: Left): Adapter {
  return {
    ...adapter,
    async apply(act, key, work) {
      const found = await adapter.apply(act, key, work);
      if (act.id === id && spoiling === 'stale') left.state = await adapter.read(act, work);
      return found;
    },
    undo: async (act, action, key, work) =>
      act.id === id && spoiling === 'does-nothing' ? {} : adapter.undo(act, action, key, work),
    async restore(act, capture, key, work) {
      if (act.id !== id) return adapter.restore(act, capture, key, work);
      if (spoiling === 'does-nothing') return { evidence: {} };
      return adapter.restore(act, left.state ? { ...capture, state: left.state } : capture, key, work);
    },
  };
}
