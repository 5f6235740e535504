import { Refusal } from '../../src/engine/base/errors.js';
import { requireFlag } from './document.js';
import { requireFit } from './fit.js';
import type { ExposeInput } from './input.js';
import { bury, buried, entryOf, type FlagMemory } from './memory.js';
import type { Session } from './session.js';
import { exposureTargeting } from './targeting.js';
import { differences, percentWhenEnabled, sameView, viewOf, type View } from './view.js';
import type { EffectKey, Findings } from '../../src/engine/state/values.js';

/** Exposes the flag, once for each key. Throws `Refusal` when the key is buried or the flag is not fit. */
export async function applyExposure(session: Session, input: ExposeInput, key: EffectKey): Promise<Findings> {
  const entry = entryOf(session.memory, key.rollout, input.flag);
  const reason = buried(entry, key);
  if (reason !== undefined) {
    throw new Refusal(
      `step ${key.step} of ${key.rollout}`,
      reason,
      'start a new rollout, or a new try of the step',
    );
  }
  const facts = { store: input.store, file: session.file, flag: input.flag };
  const done = appliedBy(entry, key);
  if (done && !isUnfinished(entry, key)) return { ...facts, percent: input.percent, before: done.before };
  const { flag, percent } = requireFit(session.document, input);
  if (entry.last === undefined && percent > 0) refuseToTakeOver(input, percent, session.file);
  if (input.percent > percent) refuseToOverride(entry, input, viewOf(flag), session.file);

  const before = done?.before ?? percent;
  if (!done) entry.applied.push({ step: key.step, epoch: key.epoch, before });
  await session.change(flag, entry, { ...key, verb: 'apply' }, exposureTargeting(input, input.percent));
  return { ...facts, percent: input.percent, before };
}

/** Lowers the exposure to the action's percent; a flag that shows less already is left. Buries the key. */
export async function undoExposure(session: Session, input: ExposeInput, key: EffectKey): Promise<Findings> {
  const entry = entryOf(session.memory, key.rollout, input.flag);
  bury(entry, key);
  const facts = { store: input.store, file: session.file, flag: input.flag, damagedMemory: session.damaged };
  const flag = requireFlag(session.document, input.flag);
  const before = percentWhenEnabled(input, viewOf(flag));
  if (before === undefined && input.percent > 0) {
    await session.remember();
    throw new Refusal(
      `${session.file}: flag "${input.flag}"`,
      `was given targeting rules of its own meanwhile, so nobody can tell whether ${input.percent} % would raise it`,
      'remove them, or skip this undo',
    );
  }
  const lower = before === undefined || before > input.percent;
  const targeting = lower ? exposureTargeting(input, input.percent) : flag.targeting;
  const first = await session.change(flag, entry, { ...key, verb: 'undo' }, targeting);
  return { ...facts, percent: lower ? input.percent : before, before: percentWhenEnabled(input, first) };
}

/** Buries the key and says whether its `apply` had an effect. */
export async function fenceExposure(
  session: Session,
  input: ExposeInput,
  key: EffectKey,
): Promise<{ effect: 'none' | 'some' }> {
  const entry = entryOf(session.memory, key.rollout, input.flag);
  bury(entry, key);
  await session.remember();
  if (!appliedBy(entry, key)) return { effect: 'none' };
  const { last } = entry;
  if (last === undefined || !isUnfinished(entry, key)) return { effect: 'some' };
  // It died between its two writes: the file says which side of the second.
  const present = viewOf(requireFlag(session.document, input.flag));
  const untouched = sameView(present, last.before) && !sameView(last.before, last.after);
  return { effect: untouched ? 'none' : 'some' };
}

function appliedBy(
  { applied }: FlagMemory,
  { step, epoch }: EffectKey,
): FlagMemory['applied'][number] | undefined {
  return applied.find((one) => one.step === step && one.epoch === epoch);
}

/**
 * Whether the key's `apply` died before its second write and nothing came after it: only then is it done again.
 * Any other repetition must change nothing, least of all what a later step did.
 */
function isUnfinished({ last }: FlagMemory, { step, epoch }: EffectKey): boolean {
  return last !== undefined && !last.done && last.step === step && last.epoch === epoch;
}

/** Preflight had found it at 0 %: somebody has exposed it since, or the memory of what this rollout did is gone. */
function refuseToTakeOver({ flag, candidate }: ExposeInput, percent: number, file: string): never {
  throw new Refusal(
    `${file}: flag "${flag}"`,
    `gives "${candidate}" to ${percent} %, but not by this rollout as far as its memory goes`,
    'take it back to 0 %, then start again',
  );
}

/** Whoever changed the flag since our last change had a reason: we do not raise the exposure over their head. */
function refuseToOverride({ last }: FlagMemory, input: ExposeInput, present: View, file: string): void {
  if (last === undefined || sameView(last.after, present)) return;
  if (!last.done && sameView(last.before, present)) return;
  throw new Refusal(
    `${file}: flag "${input.flag}"`,
    `was changed by someone else since this rollout did (${differences(input, last.after, present)})`,
    'put it back as the rollout left it, or roll back',
  );
}
