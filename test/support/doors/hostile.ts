import fc from 'fast-check';
import { doors, type Door } from '../../../src/protocol/doors.js';
import { examples } from './examples.js';

/** A message of a workflow, and whatever is sent under its name. */
export interface Addressed {
  readonly type: keyof typeof doors;
  readonly kind: keyof Door;
  readonly name: string;
}

/** Every message of every workflow. */
export const messages: readonly Addressed[] = Object.entries(doors).flatMap(([type, door]) =>
  Object.entries(door).flatMap(([kind, readers]) =>
    Object.keys(readers).map((name) => ({ type, kind, name }) as Addressed),
  ),
);

export function examplesOf({ type, kind, name }: Addressed): readonly unknown[] {
  return (examples[type][kind] as Record<string, readonly unknown[]>)[name]!;
}

/** Values that have broken somebody's parser. */
const strange: readonly unknown[] = [
  null,
  undefined,
  true,
  '',
  'x',
  'constructor',
  '__proto__',
  0,
  -1,
  0.5,
  2 ** 53,
  Number.MAX_VALUE,
  [],
  [[]],
  [null],
  {},
  { length: -1 },
  JSON.parse('1e999'),
  JSON.parse('{"__proto__": {"polluted": true}}'),
  { constructor: { prototype: { polluted: true } } },
  { toString: 'x', valueOf: 'y', toJSON: 'z' },
  new Uint8Array([1, 2, 3]),
];

const long = fc.integer({ min: 1, max: 200_000 }).map((length) => 'ü'.repeat(length));
const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '{"__proto__":'), fc.integer({ min: 1, max: 2_000 }))
  .map(
    ([open, depth]) =>
      JSON.parse(`${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`) as unknown,
  );

/** Anything that a payload can carry. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...strange),
  fc.jsonValue({ maxDepth: 4 }),
  long,
  deep,
);

/** A message with something wrong in one place. */
export function spoilt(message: Addressed): fc.Arbitrary<unknown> {
  const whole = examplesOf(message);
  if (whole.length === 0) return anything;
  return fc.oneof(
    anything,
    fc.constantFrom(...whole).chain((example) => spoiltIn(example)),
  );
}

function spoiltIn(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return anything;
  const names = Object.keys(value);
  const changed = fc
    .constantFrom(...names)
    .chain((name) =>
      fc
        .oneof(anything, spoiltIn((value as Record<string, unknown>)[name]))
        .map((member) => (Array.isArray(value) ? [member] : { ...value, [name]: member })),
    );
  const without = fc
    .constantFrom(...names)
    .map((name) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)));
  const withMore = fc
    .tuple(fc.constantFrom('more', 'constructor', 'toString', 'format'), anything)
    .map(([name, member]) => ({ ...value, [name]: member }));
  return fc.oneof(changed, without, withMore);
}
