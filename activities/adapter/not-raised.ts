import { canonicalJson, type Json, type JsonObject } from '../../src/engine/base/json.js';

/**
 * The captured state without raising what somebody lowered: a number or a switch that a stranger changed, and that is
 * lower now than it was captured, stays as it is. Of anything else nobody can tell which is lower: it is restored.
 *
 * @param left the state as the rollout left it
 */
export function notRaised(present: JsonObject, captured: JsonObject, left: JsonObject): JsonObject {
  const members = Object.entries(captured).map(([member, value]) => {
    return [member, lowerOf(present[member], value, left[member])] as const;
  });
  return Object.fromEntries(members);
}

/** What was not restored is still somebody else's: an attempt that comes again must not raise it either. */
export function withoutKept(after: JsonObject, captured: JsonObject, left: JsonObject): JsonObject {
  const members = Object.entries(after).map(([member, value]) => {
    const kept = left[member] !== undefined && !isSame(value ?? null, captured[member]);
    return [member, kept ? left[member] : value] as const;
  });
  return Object.fromEntries(members);
}

function lowerOf(
  present: Json | undefined,
  captured: Json | undefined,
  left: Json | undefined,
): Json | undefined {
  if (present === undefined || captured === undefined || isSame(present, left)) return captured;
  if (typeof present === 'number' && typeof captured === 'number') return Math.min(present, captured);
  if (typeof present === 'boolean' && typeof captured === 'boolean') return present && captured;
  if (isObject(present) && isObject(captured))
    return notRaised(present, captured, isObject(left) ? left : {});
  return captured;
}

function isSame(a: Json, b: Json | undefined): boolean {
  return b !== undefined && canonicalJson(a) === canonicalJson(b);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
