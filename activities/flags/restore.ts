import { Refusal } from '../../src/engine/base/errors.js';
import type { Json } from '../../src/engine/base/json.js';
import { findFlag } from './document.js';
import type { ExposeInput } from './input.js';
import { entryOf, newestEpoch, type FlagMemory } from './memory.js';
import type { Session } from './session.js';
import { exposureTargeting, type Arms } from './targeting.js';
import {
  differences,
  percentNow,
  percentWhenEnabled,
  sameTargeting,
  sameView,
  viewOf,
  viewWith,
  type View,
} from './view.js';
import type { Capture, EffectKey, Restored } from '../../src/engine/state/values.js';

/** A capture's state: the member that we own, and the percent it meant then. */
export interface CapturedFlag {
  readonly targeting?: Json;
  readonly percent: number;
  /** What its arms gave, see `markOfArms`; absent in a capture of an older build. */
  readonly arms?: string;
}

/** Reads a capture's state. Throws `Refusal` when it is not one of a flag. */
export function readCapture({ target, state }: Capture): CapturedFlag {
  const { targeting, percent, arms } = state;
  if (typeof percent !== 'number') {
    throw new Refusal(
      `capture of ${target}`,
      'has no percent: it was not taken by flags',
      'capture the flag again',
    );
  }
  return {
    percent,
    ...(targeting !== undefined && { targeting }),
    ...(typeof arms === 'string' && { arms }),
  };
}

/**
 * Brings the targeting back to the capture, in one hop, and lets no try that there can have been expose the flag again.
 * What somebody else did meanwhile is told as drift; exposure is never raised for it.
 */
export async function restoreExposure(
  session: Session,
  input: ExposeInput,
  capture: Capture,
  key: EffectKey,
): Promise<Restored> {
  const captured = readCapture(capture);
  const entry = entryOf(session.memory, key.rollout, input.flag);
  const flag = findFlag(session.document, input.flag);
  const facts = { store: input.store, file: session.file, flag: input.flag };
  const told: (string | undefined)[] = [...toldBefore(entry, key)];
  if (session.damaged !== undefined) {
    told.push(`the record of this rollout's changes was damaged; it was put aside as ${session.damaged}`);
  }
  if (!flag) {
    told.push(`flag "${input.flag}" was removed from the file`);
    remember(entry, key, told);
    await session.remember();
    return answer(entry, { ...facts, percent: 0 });
  }
  const present = viewOf(flag);
  told.push(driftOf(entry, input, captured, present));
  const { targeting, note } = decide(input, captured, present);
  told.push(note);
  remember(entry, key, told);
  const first = await session.change(flag, entry, { ...key, verb: 'restore' }, targeting);
  const before = percentNow(input, first);
  return answer(entry, { ...facts, before, percent: percentNow(input, viewWith(present, targeting)) });
}

/** The targeting to write: the captured one, unless that would raise exposure. */
function decide(arms: Arms, captured: CapturedFlag, present: View): { targeting?: Json; note?: string } {
  const wanted = captured.targeting === undefined ? {} : { targeting: captured.targeting };
  const kept = present.targeting === undefined ? {} : { targeting: present.targeting };
  if (sameTargeting(captured.targeting, present.targeting)) return kept;
  const now = percentWhenEnabled(arms, present);
  // What the captured targeting would give today: without it, it depends on a default that others may have changed.
  const then = percentWhenEnabled(arms, viewWith(present, captured.targeting)) ?? 100;
  if (then === 0 || (now !== undefined && then <= now)) return wanted;
  if (now === undefined) {
    const note = `nobody can tell the share of the rule found, so it is set to 0 % and not to the captured ${captured.percent} %`;
    return { targeting: exposureTargeting(arms, 0), note };
  }
  if (captured.percent < now) {
    const note = `the captured targeting would give ${then} % with the present defaultVariant, so ${captured.percent} % is written out`;
    return { targeting: exposureTargeting(arms, captured.percent), note };
  }
  return { ...kept, note: `it is left at ${now} %: restoring to ${then} % would raise exposure` };
}

function driftOf(
  entry: FlagMemory,
  input: ExposeInput,
  captured: CapturedFlag,
  present: View,
): string | undefined {
  const { last } = entry;
  if (last && !last.done && sameView(last.before, present)) return undefined;
  const expected = last?.after ?? viewWith(present, captured.targeting);
  if (sameView(expected, present)) return undefined;
  const whose = last ? 'since this rollout did' : 'although this rollout never did';
  return `someone changed flag "${input.flag}" ${whose}: ${differences(input, expected, present)}`;
}

/** What an attempt found that died before it could tell. */
function toldBefore({ restored }: FlagMemory, key: EffectKey): readonly string[] {
  return restored?.step === key.step && restored.epoch === key.epoch ? restored.drift : [];
}

function remember(
  entry: FlagMemory,
  { step, epoch }: EffectKey,
  told: readonly (string | undefined)[],
): void {
  const drift = [...new Set(told.filter((text) => text !== undefined))];
  entry.restored = { step, epoch, upTo: newestEpoch(entry, epoch), drift };
}

function answer(entry: FlagMemory, evidence: Restored['evidence']): Restored {
  const drift = entry.restored?.drift ?? [];
  return { evidence, ...(drift.length > 0 && { drift: drift.join('; ') }) };
}
