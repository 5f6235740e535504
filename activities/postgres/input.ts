import { Refusal } from '../../src/engine/base/errors.js';
import type { Json, JsonObject } from '../../src/engine/base/json.js';

/** SQL expressions over a row's columns, by the column they give a value to. */
export type Expressions = Readonly<Record<string, string>>;

/** Where an action works: the plan's name of a database and of a table in it. */
export interface TableInput {
  readonly db: string;
  /** As people write it: `customer`, `shop.customer`, `"we ird"`. */
  readonly table: string;
}

/** Refuses members that the action does not know: a misspelt one would silently do nothing. */
export function onlyKnown(kind: string, input: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(input).filter((name) => input[name] !== undefined && !known.includes(name));
  if (unknown.length === 0) return;
  throw new Refusal(kind, `it has no input ${unknown.join(', ')}`, `it takes ${known.join(', ')}`);
}

/** A member that must be text and not empty. */
export function text(kind: string, input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value.trim() !== '' && !value.includes('\0')) return value;
  throw new Refusal(kind, `${name} is ${shown(value)}`, `give ${name} as a text that is not empty`);
}

/** `db` and `table`. */
export function tableInput(kind: string, input: JsonObject): TableInput {
  return { db: text(kind, input, 'db'), table: text(kind, input, 'table') };
}

/** A list of different column names. */
export function columnNames(kind: string, input: JsonObject, name: string): string[] {
  const value = input[name];
  if (!isList(value) || value.length === 0) {
    throw new Refusal(
      kind,
      `${name} is ${shown(value)}`,
      `give ${name} as a list of at least one column name`,
    );
  }
  const names = value.map((item) => {
    if (typeof item === 'string' && item !== '') return item;
    throw new Refusal(kind, `${name} has ${shown(item)} in it`, 'every entry is a column name');
  });
  if (new Set(names).size < names.length) {
    throw new Refusal(kind, `${name} names a column twice`, 'name every column once');
  }
  return names;
}

/** An object from column name to SQL expression, with at least one member. */
export function expressions(kind: string, input: JsonObject, name: string): Expressions {
  const value = object(kind, input, name);
  const entries = Object.entries(value).map(([column, expression]) => {
    if (typeof expression === 'string' && expression.trim() !== '') return [column, expression] as const;
    throw new Refusal(
      kind,
      `${name}.${column} is ${shown(expression)}`,
      'give a SQL expression over the row',
    );
  });
  if (entries.length > 0) return Object.fromEntries(entries);
  throw new Refusal(kind, `${name} is empty`, `give ${name} as { column: SQL expression }`);
}

/** A member that must be an object. */
export function object(kind: string, input: JsonObject, name: string): JsonObject {
  const value = input[name];
  if (isObject(value)) return value;
  throw new Refusal(kind, `${name} is ${shown(value)}`, `give ${name} as an object`);
}

/** Entries of a list of objects. */
export function objects(kind: string, input: JsonObject, name: string): JsonObject[] {
  const value = input[name];
  if (isList(value) && value.length > 0 && value.every(isObject)) return [...value];
  throw new Refusal(kind, `${name} is ${shown(value)}`, `give ${name} as a list of at least one object`);
}

/** A positive whole number, or `otherwise` when absent. */
export function positive(kind: string, input: JsonObject, name: string, otherwise: number): number {
  const value = input[name];
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new Refusal(kind, `${name} is ${shown(value)}`, `give ${name} as a whole number above zero`);
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
