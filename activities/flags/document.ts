import { Refusal } from '../../src/engine/base/errors.js';
import type { Json, JsonObject } from '../../src/engine/base/json.js';
import {
  JsonFault,
  locateJson,
  type JsonMember,
  type JsonNode,
  type JsonObjectNode,
} from '../files/json-text.js';
import { nearest } from '../../src/engine/base/nearest.js';
import { isObject } from './targeting.js';

/** A flagd file as text, with the places of its parts. */
export interface FlagDocument {
  readonly file: string;
  readonly text: string;
  readonly flags: JsonObjectNode;
}

/** One flag of a document. */
export interface Flag {
  readonly key: string;
  readonly node: JsonObjectNode;
  readonly state: string;
  /** Absent: the application's own default decides. */
  readonly defaultVariant?: string;
  /** By name: what an application is given. */
  readonly variants: JsonObject;
  /** Absent when the member is. */
  readonly targeting?: Json;
}

/** Reads a flagd file's text. Throws `Refusal` that names the place when it is not one. */
export function readDocument(file: string, text: string): FlagDocument {
  const root = locate(file, text);
  const flags = root.kind === 'object' ? memberOf(file, root, 'flags')?.value : undefined;
  if (flags?.kind !== 'object') {
    throw new Refusal(file, 'has no object "flags"', 'write flags in the format of flagd: {"flags": {...}}');
  }
  return { file, text, flags };
}

/** The keys of all flags. */
export function flagKeys(document: FlagDocument): string[] {
  return document.flags.members.map((member) => member.key);
}

/** A flag, or undefined when there is none of this key. Throws `Refusal` when it is not built as flagd wants it. */
export function findFlag({ file, text, flags }: FlagDocument, key: string): Flag | undefined {
  const node = memberOf(file, flags, key)?.value;
  if (node === undefined) return undefined;
  const thing = `${file}: flag "${key}"`;
  if (node.kind !== 'object') throw new Refusal(thing, 'is not an object', 'write it in the format of flagd');
  // A repeated member would make our edit, or our removal, bring another one to light.
  memberOf(thing, node, 'targeting');
  const value = JSON.parse(text.slice(node.start, node.end)) as JsonObject;
  const { state, defaultVariant, variants, targeting } = value;
  if (!isObject(variants)) throw new Refusal(thing, 'has no object "variants"', 'name its variants');
  return {
    key,
    node,
    state: typeof state === 'string' ? state : JSON.stringify(state ?? null),
    variants,
    ...(typeof defaultVariant === 'string' && defaultVariant !== '' && { defaultVariant }),
    ...(targeting !== undefined && { targeting }),
  };
}

/** A flag that must be there. Throws `Refusal` that names the flags there are, the nearest first. */
export function requireFlag(document: FlagDocument, key: string): Flag {
  const flag = findFlag(document, key);
  if (flag) return flag;
  const keys = flagKeys(document);
  const [guess] = nearest(key, keys, 1);
  throw new Refusal(
    `${document.file}: flag "${key}"`,
    keys.length > 0
      ? `does not exist; there are ${keys.slice(0, 20).join(', ')}`
      : 'does not exist; there are none',
    guess === undefined ? 'add it, or name one of these' : `did you mean "${guess}"?`,
  );
}

/** The only member of this key. Throws `Refusal` when there are two: readers do not agree which one counts. */
export function memberOf(thing: string, node: JsonObjectNode, key: string): JsonMember | undefined {
  const found = node.members.filter((member) => member.key === key);
  if (found.length > 1) throw new Refusal(thing, `has "${key}" ${found.length} times`, 'keep one of them');
  return found[0];
}

function locate(file: string, text: string): JsonNode {
  try {
    return locateJson(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new Refusal(
      `${file}, ${place}`,
      `is not JSON: found ${error.found}`,
      `fix it there: ${hint(text)}`,
    );
  }
}

function hint(text: string): string {
  if (/^\s*</.test(text))
    return 'this looks like HTML or XML, perhaps an error page saved in place of the flags';
  if (text.startsWith('\ufeff')) return 'save it without a byte order mark';
  if (text.trim() === '') return 'the file is empty; write {"flags": {...}}';
  return 'flags are kept as strict JSON, without comments or trailing commas';
}
