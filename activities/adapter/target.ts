import { canonicalJson, type Json, type JsonObject } from '../../src/engine/base/json.js';
import type { Target } from '../../src/engine/plan/plan.js';
import type { Work } from '../../src/protocol/adapter.js';
import type { DefinedAdapter, Place } from './define.js';

/** A target as its adapter's definition sees it. */
export interface TargetOf {
  readonly target: Target;
  readonly place: Place<JsonObject>;
  /** Its state now. Throws when it is not of the shape that the definition says. */
  read(): Promise<JsonObject>;
}

/** Opens a target for one verb. */
export function targetOf(
  { name: adapter, state: schema, read }: DefinedAdapter,
  settings: JsonObject,
  { target, name }: { target: Target; name: string },
  { signal, heartbeat }: Work,
): TargetOf {
  const place = { name, settings, signal, heartbeat };
  const parse = (state: JsonObject): JsonObject => {
    const parsed = schema.safeParse(state);
    // Through JSON, so that a state just read and one that was kept are compared alike.
    if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as JsonObject;
    const [issue] = parsed.error.issues;
    // Not a Refusal: what a system answers in a bad moment it may not answer in the next.
    throw new Error(`${target}: adapter ${adapter} read ${issue?.path.join('.')}: ${issue?.message}`);
  };
  return { target, place, read: async () => parse(await read(place)) };
}

/** What differs, member by member: `consumers is 8, not 4`. */
export function differences(state: JsonObject, wanted: JsonObject): string[] {
  const show = (value: Json | undefined) =>
    value === undefined ? 'absent' : canonicalJson(value).slice(0, 80);
  return [...new Set([...Object.keys(state), ...Object.keys(wanted)])]
    .filter((member) => canonicalJson(state[member]) !== canonicalJson(wanted[member]))
    .map((member) => `${member} is ${show(state[member])}, not ${show(wanted[member])}`);
}
