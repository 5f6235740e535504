import { actsOf, type Act, type Plan } from '../../src/engine/plan/plan.js';
import type { EffectKey } from '../../src/engine/state/values.js';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import type { CaptureStore } from '../records/captures.js';

/**
 * Goes every way back of a rollout that has gone back once more, in the same order and under the same keys: it must change
 * nothing, for a worker that dies in an undo has the next one do the same.
 *
 * @param started acts that may have had an effect, in order of start
 */
export async function goBackAgain(
  rollout: string,
  plan: Plan,
  started: readonly string[],
  adapters: readonly Adapter[],
  captures: CaptureStore,
  work: Work,
): Promise<void> {
  for (const act of actsOf(plan)
    .filter(({ id }) => started.includes(id))
    .reverse()) {
    const adapter = adapters.find(({ name }) => name === act.do.kind.split('.')[0]);
    if (adapter) await undoAgain(act, adapter, { rollout, step: act.id, epoch: 0 }, captures, work);
  }
}

async function undoAgain(
  act: Act,
  adapter: Adapter,
  key: EffectKey,
  captures: CaptureStore,
  work: Work,
): Promise<void> {
  if (act.undo.type === 'act') await adapter.undo(act, act.undo.do, key, work);
  if (act.undo.type !== 'restore') return;
  const capture = await captures.get(key.rollout, act.target);
  if (capture) await adapter.restore(act, capture, key, work);
}
