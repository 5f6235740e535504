import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headOf, parse, sortedFile } from './lines.js';

/** The tails of a day with what stands in them, as it is now. */
export async function tailsOf(place: string): Promise<Buffer[]> {
  const contents = await Promise.all((await tailFiles(place)).map(readIfThere));
  return contents.filter((content) => content !== undefined);
}

/**
 * Everything that stands under a key: in tails that were read before, and in what was sorted already. In this order:
 * a tail that disappears between the two has been sorted.
 */
export async function readKey(place: string, tails: readonly Buffer[], key: string): Promise<unknown[]> {
  const values = tails.flatMap((tail) => find(tail, key));
  const sorted = await readIfThere(sortedFile(place, key));
  if (sorted !== undefined) for (const line of sorted.toString('utf8').split('\n')) values.push(parse(line));
  return values.filter((value) => value !== undefined);
}

/** Paths of the tails of a day; none when nothing was written on it. */
export async function tailFiles(place: string): Promise<string[]> {
  try {
    const names = await readdir(place);
    return names.filter((name) => name.endsWith('.tail')).map((name) => join(place, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Looks only at the key's own lines: a tail has those of everyone. */
function find(tail: Buffer, key: string): unknown[] {
  const head = Buffer.from(`\n${headOf(key)}`);
  const values: unknown[] = [];
  for (let at = tail.indexOf(head); at >= 0; at = tail.indexOf(head, at + 1)) {
    const end = tail.indexOf('\n', at + 1);
    const line = parse(tail.toString('utf8', at + 1, end < 0 ? tail.length : end));
    if (Array.isArray(line)) values.push(line[1]);
  }
  return values;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
