import { Refusal } from './errors.js';

/**
 * Reads a value that came from outside: answers a copy of what is known of it, so that nothing else travels on, or throws
 * `Refusal`. It looks no deeper than what it copies, so that neither size nor depth of the value can hurt.
 */
export type Reader<T> = (value: unknown, path: string) => T;

/** What a reader answers. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** Characters of an id, of a name, of what people write, and of what a door signs: all of these and their claims. */
export const longest = { id: 255, name: 1_000, prose: 2_000, signed: 16_000 } as const;

export function text(most: number = longest.name): Reader<string> {
  return (value, path) => {
    if (typeof value === 'string' && value !== '' && value.length <= most) return value;
    return refuse(path, `must be text of 1 to ${most} characters`, value);
  };
}

/** What people write, or nothing. What is too long is cut: a decision must not be lost for its reason. */
export const prose: Reader<string> = (value, path) => {
  if (typeof value !== 'string') return refuse(path, 'must be text', value);
  return value.slice(0, longest.prose);
};

/** What people have to write. */
export const words: Reader<string> = (value, path) => {
  if (value === '') return refuse(path, 'must not be empty', value);
  return prose(value, path);
};

/** A number within limits; what JSON cannot say, and what overflows in it, is none. */
export function number(least = -Number.MAX_VALUE, most = Number.MAX_VALUE): Reader<number> {
  return (value, path) => {
    if (typeof value === 'number' && value >= least && value <= most) return value;
    return refuse(path, `must be a number ${rangeOf(least, most)}`.trimEnd(), value);
  };
}

/** A count, an epoch, or milliseconds. */
export function whole(least = 0): Reader<number> {
  return (value, path) => {
    if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
    return refuse(path, `must be a whole number of at least ${least}`, value);
  };
}

export function oneOf<const T extends string | number | boolean>(...choices: readonly T[]): Reader<T> {
  return (value, path) => {
    if (choices.includes(value as T)) return value as T;
    return refuse(path, `must be ${choices.map((choice) => JSON.stringify(choice)).join(' or ')}`, value);
  };
}

export function list<T>(item: Reader<T>, most: number): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > most) {
      return refuse(path, `must be a list of at most ${most}`, value);
    }
    return Array.from(value, (entry, index) => item(entry, `${path}[${index}]`));
  };
}

/** An object whose members all are of one kind, whatever they are called. */
export function dictionary<T>(item: Reader<T>, most: number): Reader<{ [name: string]: T }> {
  return (value, path) => {
    const entries = Object.entries(objectAt(path, value));
    if (entries.length > most) return refuse(path, `must be an object of at most ${most} members`, value);
    return Object.fromEntries(entries.map(([name, entry]) => [name, item(entry, member(path, name))]));
  };
}

/** The readers of an object's members: `maybe` where one may be absent. */
export type Members<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Reader<T[K] | undefined> : Reader<T[K]>;
};

/** A member that may be absent. */
export function maybe<T>(item: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : item(value, path));
}

/** An object of known members. A newer sender may have more to say: what is not known is left out. */
export function object<T extends object>(members: Members<T>): Reader<T> {
  const readers = Object.entries<Reader<unknown>>(members);
  return (value, path) => {
    const given = objectAt(path, value);
    const read = readers.flatMap(([name, reader]) => {
      // Its own: what every object has, such as `constructor`, is no member of the message.
      const found = reader(Object.hasOwn(given, name) ? given[name] : undefined, member(path, name));
      return found === undefined ? [] : [[name, found] as const];
    });
    return Object.fromEntries(read) as T;
  };
}

/** One of several objects, told apart by the text in `tag`. */
export function variants<T extends object, Name extends string = string>(
  tag: string,
  shapes: { readonly [name in Name]: Reader<T> },
): Reader<T> {
  const names = oneOf(...(Object.keys(shapes) as Name[]));
  return (value, path) => {
    const given = objectAt(path, value);
    const chosen = names(Object.hasOwn(given, tag) ? given[tag] : undefined, member(path, tag));
    return shapes[chosen](value, path);
  };
}

/** What was read, or why it cannot be. */
export type Attempt<T> = { readonly value: T } | { readonly fault: string };

export function attempt<T>(reader: Reader<T>, value: unknown, path: string): Attempt<T> {
  try {
    return { value: reader(value, path) };
  } catch (error) {
    if (error instanceof Refusal) return { fault: error.message };
    throw error;
  }
}

function objectAt(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  return refuse(path, 'must be an object', value);
}

function member(path: string, name: string): string {
  return `${path}.${name.slice(0, 80)}`;
}

function rangeOf(least: number, most: number): string {
  if (most < Number.MAX_VALUE) return `from ${least} to ${most}`;
  return least > -Number.MAX_VALUE ? `of at least ${least}` : '';
}

/** Never what is inside of it: that may be as large and as deep as whoever sent it likes. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === undefined) return 'absent';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function refuse(path: string, rule: string, value: unknown): never {
  throw new Refusal(path, rule, `it is ${kindOf(value)}`);
}
