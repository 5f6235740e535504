import { digestOf } from '../engine/base/digest.js';
import type { Json, JsonObject } from '../engine/base/json.js';
import { actsOf, type Plan } from '../engine/plan/plan.js';
import type { Capture } from '../engine/state/values.js';

/** What a drill stood on: it proves nothing any more where that is another. */
export interface Ground {
  /** Versions of the adapters that the plan uses, by their name. */
  readonly adapters: Readonly<Record<string, string>>;
  /** Digests of the parts of a table's schema, by target: `{ "table:shop.customer": { "columns": "..." } }`. */
  readonly schema: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * What of a table decides how it is changed and taken back, whichever environment it is in. Owners, grants and options
 * differ from one to the next.
 */
const parts = ['columns', 'indexes', 'constraints', 'triggers'] as const;
const ofColumn = ['type', 'notNull', 'default', 'identity', 'generated', 'collation'] as const;

/** The schema of what was captured, as far as it has one. */
export function schemaOf(captures: readonly Capture[]): Ground['schema'] {
  const tables = captures.filter(({ state }) => isObject(state['columns']));
  return Object.fromEntries(tables.map(({ target, state }) => [target, digestsOf(state)]));
}

/** Names of the adapters that a plan uses. */
export function adaptersOf(plan: Plan): readonly string[] {
  const kinds = actsOf(plan).flatMap(({ do: { kind }, undo }) => [
    kind,
    ...(undo.type === 'act' ? [undo.do.kind] : []),
  ]);
  return [...new Set(kinds.map((kind) => kind.split('.')[0] ?? kind))].sort();
}

/** What is another here than where it was drilled, a sentence each. What either does not know is not compared. */
export function changesIn(drilled: Ground, here: Ground): string[] {
  const adapters = Object.keys(drilled.adapters).flatMap((name) => {
    const [was, is] = [drilled.adapters[name], here.adapters[name]];
    return was === is || is === undefined ? [] : [`adapter ${name} was ${was}, and is ${is}`];
  });
  const schema = Object.keys(drilled.schema).flatMap((target) => {
    const [was, is] = [drilled.schema[target], here.schema[target]];
    const differ = was && is ? parts.filter((part) => was[part] !== is[part]) : [];
    return differ.length === 0
      ? []
      : [`${differ.join(' and ')} of ${target} are others than it was drilled on`];
  });
  return [...adapters, ...schema];
}

function digestsOf(state: JsonObject): Record<string, string> {
  return Object.fromEntries(parts.map((part) => [part, digestOf(partOf(state, part)).slice(0, 16)]));
}

function partOf(state: JsonObject, part: (typeof parts)[number]): Json {
  const found = state[part];
  // None of a kind is no member of the catalogue.
  if (!isObject(found)) return {};
  if (part === 'triggers') return Object.fromEntries(Object.entries(found).filter(([name]) => !isOurs(name)));
  if (part !== 'columns') return found;
  return Object.fromEntries(
    Object.entries(found).map(([name, column]) => [
      name,
      isObject(column) ? ofColumn.map((member) => column[member] ?? null) : null,
    ]),
  );
}

/** What an earlier rollout still tracks a table by. */
function isOurs(trigger: string): boolean {
  return trigger.startsWith('zz_switchback_');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
