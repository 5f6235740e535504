import { createHash } from 'node:crypto';
import { canonicalJson, type Json, type JsonObject } from '../../src/engine/base/json.js';
import type { Flag } from './document.js';
import { hasTargeting, percentOfTargeting, type Arms } from './targeting.js';

/** What decides who gets which variant. Of these we own `targeting` alone. */
export interface View {
  readonly targeting?: Json;
  readonly state: string;
  readonly defaultVariant?: string;
  /** A mark of what each variant gives; absent in a memory that an older version wrote. */
  readonly variants?: string;
}

/** The view of a flag. */
export function viewOf(flag: Flag): View {
  const { state, defaultVariant, targeting } = flag;
  const variants = markOf(flag.variants);
  return viewWith({ state, variants, ...(defaultVariant !== undefined && { defaultVariant }) }, targeting);
}

/** The view with another targeting, or with none. */
export function viewWith({ state, defaultVariant, variants }: View, targeting: Json | undefined): View {
  return {
    state,
    ...(variants !== undefined && { variants }),
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
export function viewJson({ targeting, state, defaultVariant, variants }: View): JsonObject {
  return { targeting, state, defaultVariant, variants };
}

/** Whether two views are equal in everything that decides exposure. */
export function sameView(a: View, b: View): boolean {
  const shape = (view: View) => canonicalJson({ ...viewJson(view), variants: undefined });
  return shape(a) === shape(b) && sameVariants(a, b);
}

/** Whether both arms give the same, so that everybody has the candidate whatever the targeting says. */
export function areAlike({ candidate, baseline }: Arms, { variants }: Flag): boolean {
  const { [candidate]: one, [baseline]: other } = variants;
  return one !== undefined && other !== undefined && canonicalJson(one) === canonicalJson(other);
}

/** A mark of what the two arms give: as long as it is the same, a variant's name says who has the candidate. */
export function markOfArms({ candidate, baseline }: Arms, { variants }: Flag): string {
  return markOf([variants[candidate] ?? null, variants[baseline] ?? null]);
}

function markOf(given: Json): string {
  return createHash('sha256').update(canonicalJson(given)).digest('hex').slice(0, 16);
}

/** What only one of two says cannot be compared. */
function sameVariants({ variants: a }: View, { variants: b }: View): boolean {
  return a === undefined || b === undefined || a === b;
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
  if (!sameVariants(expected, present)) parts.push('what its variants give was changed');
  return parts.join('; ');
}

function inWords(arms: Arms, view: View): string {
  if (view.targeting === undefined) return 'absent';
  const percent = percentWhenEnabled(arms, view);
  return percent === undefined ? `a rule of its own: ${canonicalJson(view.targeting)}` : `${percent} %`;
}
