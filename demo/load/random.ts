import { FAMILY, FAMILY_OF_TWO, GIVEN, GIVEN_OF_TWO, nameOf, type Name } from '../shop/names.js';

/** A source of numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** The same numbers for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to below - 1. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** One of the list's entries. @throws Error when the list is empty. */
export function oneOf<T>(random: Random, list: readonly T[]): T {
  const entry = list[below(random, list.length)];
  if (entry === undefined) throw new Error('cannot choose from an empty list');
  return entry;
}

/**
 * A name to write. One in six has a given name of two words and one in six a family name of two: a full name alone
 * does not tell them apart, which is what a migration that splits names can get wrong.
 */
export function randomName(random: Random): Name {
  const kind = below(random, 6);
  return nameOf(
    oneOf(random, kind === 0 ? GIVEN_OF_TWO : GIVEN),
    oneOf(random, kind === 1 ? FAMILY_OF_TWO : FAMILY),
  );
}
