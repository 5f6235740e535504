/** What can be written to a plan, a history or a journal and read back unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. `undefined` members count as absent. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * JSON with object keys in code-point order and absent members dropped: equal values have equal text
 * (RFC 8785 without its number corner cases, which plans do not contain).
 */
export function canonicalJson(value: Json | undefined): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}

/** Freezes a value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Bytes of a value as JSON, at most. */
export function bytesOf(value: unknown): number {
  const text = JSON.stringify(value);
  let bytes = text.length;
  // No byte counter in the sandbox: three bytes are the most for one unit of UTF-16.
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) bytes += 2;
  return bytes;
}
