import { Refusal } from '../base/errors.js';
import { kindOf, type Reader } from '../base/read.js';

/** Checks that a JSON value at a path has a shape; throws `Refusal` that names path, rule and fix. */
export type Shape = (value: unknown, path: string) => void;

export const text: Shape = (value, path) => {
  if (typeof value !== 'string' || value.trim() === '') refuse(path, 'must be text that is not empty', value);
};

/** A number of at least `least`, and at most `most`. */
export function number(least: number, most = Number.MAX_SAFE_INTEGER): Shape {
  return (value, path) => {
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      refuse(path, `must be a number ${range}`, value);
    }
  };
}

/** Whole milliseconds above zero. */
export const duration: Shape = (value, path) => {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    refuse(path, 'must be whole milliseconds above 0', value);
};

export function literal(...allowed: readonly (string | number | boolean)[]): Shape {
  return (value, path) => {
    if (!allowed.includes(value as string))
      refuse(path, `must be ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`, value);
  };
}

export function list(item: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return refuse(path, 'must be a list', value);
    value.forEach((entry, index) => item(entry, `${path}[${index}]`));
  };
}

/** Any JSON object. */
export const anyObject: Shape = (value, path) => {
  if (!isObject(value)) refuse(path, 'must be an object', value);
};

/** An object with exactly these members; those in `optional` may be absent. */
export function object(required: Record<string, Shape>, optional: Record<string, Shape> = {}): Shape {
  return (value, path) => {
    if (!isObject(value)) return refuse(path, 'must be an object', value);
    const known = { ...required, ...optional };
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(known, key)) {
        throw new Refusal(member(path, key), 'is unknown', `use one of ${Object.keys(known).join(', ')}`);
      }
    }
    for (const [key, shape] of Object.entries(required)) {
      if (value[key] === undefined) throw new Refusal(member(path, key), 'is missing', 'add it');
      shape(value[key], member(path, key));
    }
    for (const [key, shape] of Object.entries(optional)) {
      if (value[key] !== undefined) shape(value[key], member(path, key));
    }
  };
}

/** One of several objects, told apart by the text in `tag`. */
export function variants(tag: string, shapes: Record<string, Shape>): Shape {
  return (value, path) => {
    if (!isObject(value)) return refuse(path, 'must be an object', value);
    const chosen = value[tag];
    const shape = typeof chosen === 'string' && Object.hasOwn(shapes, chosen) ? shapes[chosen] : undefined;
    if (!shape)
      return refuse(
        member(path, tag),
        `must be ${Object.keys(shapes)
          .map((one) => JSON.stringify(one))
          .join(' or ')}`,
        chosen,
      );
    shape(value, path);
  };
}

/** A value as a shape wants it. Only for shapes of which every member is known, and with a limit to its size. */
export function shaped<T>(shape: Shape): Reader<T> {
  return (value, path) => {
    shape(value, path);
    return value as T;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function refuse(path: string, rule: string, value: unknown): never {
  throw new Refusal(path === '' ? 'the plan' : path, rule, `it is ${kindOf(value)}`);
}
