import { join } from 'node:path';
import { nameOf } from '../../files/names.js';

/** A line of a tail: a value, and the key it stands under. */
export type Line = readonly [key: string, value: unknown];

/** Where the sorted values of a key stand, in the directory of a day. */
export function sortedFile(place: string, key: string): string {
  return join(place, `${nameOf(key)}.jsonl`);
}

/** How a line of a tail begins that has a value of the key. */
export function headOf(key: string): string {
  return `[${JSON.stringify(key)},`;
}

/** Lines as one text. The line break in front ends a line that a crash left open; otherwise it makes an empty line. */
export function textOf(values: readonly unknown[]): string {
  return `\n${values.map((value) => JSON.stringify(value)).join('\n')}\n`;
}

/** Undefined for a torn line. */
export function parse(line: string): unknown {
  if (line === '') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
