import { canonicalJson, type Json, type JsonObject } from '../../src/engine/json.js';
import type { Flag } from './document.js';
import { hasTargeting, percentOfTargeting, type Arms } from './targeting.js';

/** What decides who gets which variant. Of these we own `targeting` alone. */
export interface View {
  readonly targeting?: Json;
  readonly state: string;
  readonly defaultVariant?: string;
}

/** The view of a flag. */
export function viewOf(flag: Flag): View {
  return viewWith(flag, flag.targeting);
}

/** The view with another targeting, or with none. */
export function viewWith({ state, defaultVariant }: View, targeting: Json | undefined): View {
  return {
    state,
    ...(targeting !== undefined && { targeting }),
    ...(defaultVariant !== undefined && { defaultVariant }),
  };
}

/**
 * The percent that gets the candidate while the flag is enabled; undefined for a targeting that is not ours.
 * Without targeting everyone gets the default variant.
 */
export function percentWhenEnabled(arms: Arms, view: View): number | undefined {
  if (hasTargeting(view.targeting)) return percentOfTargeting(arms, view.targeting);
  return view.defaultVariant === arms.candidate ? 100 : 0;
}

/** The percent that gets the candidate now: a disabled flag gives everyone the application's own default. */
export function percentNow(arms: Arms, view: View): number | undefined {
  return view.state === 'ENABLED' ? percentWhenEnabled(arms, view) : 0;
}

/** The view as JSON. */
export function viewJson({ targeting, state, defaultVariant }: View): JsonObject {
  return { targeting, state, defaultVariant };
}

/** Whether two views are equal in everything that decides exposure. */
export function sameView(a: View, b: View): boolean {
  return canonicalJson(viewJson(a)) === canonicalJson(viewJson(b));
}

/** Whether two targetings are the same value; absent equals absent only. */
export function sameTargeting(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}

/** What differs, in words: `targeting was 25 %, now 0 %`. */
export function differences(arms: Arms, expected: View, present: View): string {
  const parts: string[] = [];
  if (!sameTargeting(expected.targeting, present.targeting)) {
    parts.push(`targeting was ${inWords(arms, expected)}, now ${inWords(arms, present)}`);
  }
  if (expected.state !== present.state) parts.push(`state was ${expected.state}, now ${present.state}`);
  if (expected.defaultVariant !== present.defaultVariant) {
    parts.push(
      `defaultVariant was ${expected.defaultVariant ?? 'absent'}, now ${present.defaultVariant ?? 'absent'}`,
    );
  }
  return parts.join('; ');
}

function inWords(arms: Arms, view: View): string {
  if (view.targeting === undefined) return 'absent';
  const percent = percentWhenEnabled(arms, view);
  return percent === undefined ? `a rule of its own: ${canonicalJson(view.targeting)}` : `${percent} %`;
}
