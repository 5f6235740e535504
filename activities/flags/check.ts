import { Refusal } from '../../src/engine/base/errors.js';
import type { Act } from '../../src/engine/plan/plan.js';
import { requireNoSwap, requireReplaceable } from '../files/replaceable.js';
import { observeShare } from '../probe/observe.js';
import { requireFit } from './fit.js';
import type { ExposeInput } from './input.js';
import { readMemory } from './memory.js';
import { load, type StoreOptions } from './store.js';
import type { Findings } from '../../src/engine/state/values.js';

/**
 * Whether the flag can be exposed and taken back. Changes nothing of it; throws `Refusal` that says what is in the way.
 *
 * @param acts all acts of the plan on the flag, in order
 */
export async function checkExposure(
  input: ExposeInput,
  store: StoreOptions,
  signal: AbortSignal,
  acts: readonly Act[],
): Promise<Findings> {
  const loaded = await load(input.store, store);
  const { file, document } = loaded;
  const { percent } = requireFit(document, input);
  if (percent > 0) throw exposedAlready(`${document.file}: flag "${input.flag}"`, input, percent, acts);
  await requireNoSwap(store.file);
  await requireReplaceable(file);
  await readMemory(loaded);
  // A rollback is believed only when the application confirms it: better to learn now that it cannot be asked.
  const observed = store.observe && (await observeShare(store.observe, signal));
  return {
    store: input.store,
    file,
    flag: input.flag,
    percent,
    ...(observed && { observed: { ...observed } }),
  };
}

/** Exposing less would take the candidate from people without a word, and no way back would raise it again. */
function exposedAlready(
  thing: string,
  { candidate }: ExposeInput,
  percent: number,
  acts: readonly Act[],
): Refusal {
  const below = acts.filter(({ exposure }) => exposure !== undefined && exposure.percent < percent);
  const lowered = below.map(({ id, exposure }) => `${id} (${exposure?.percent} %)`).join(', ');
  const steps =
    lowered === '' ? 'a rollback could not tell them from its own' : `${lowered} would take it from them`;
  return new Refusal(
    thing,
    `is exposed already: ${percent} % get "${candidate}", and ${steps}`,
    'take it back to 0 % first (revert the rollout that exposed it, or remove its targeting), then start',
  );
}
