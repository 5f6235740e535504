import { readFile, realpath, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal, Refusal } from '../../src/engine/base/errors.js';
import type { ObserveOptions } from '../probe/options.js';
import type { Place } from './memory.js';
import { readDocument, type FlagDocument } from './document.js';

/** A flagd file and how the application that reads it can be asked. */
export interface StoreOptions {
  readonly file: string;
  /** Asks the application itself who gets the candidate: `check` and `verify` then rely on its answers too. */
  readonly observe?: ObserveOptions | undefined;
}

/** A flag file as it was read. */
export interface Loaded extends Place {
  readonly document: FlagDocument;
}

/** How often a bad file is read before that is said of it, and the milliseconds in between. */
const tries = 5;
const pause = 50;

/**
 * Reads a store's file. Throws `Refusal` when it is missing or not a flagd file, also a moment later: whoever writes it
 * in place leaves an empty or a cut file for that long, and one who puts another in its place may leave none.
 */
export function load(store: string, { file }: StoreOptions): Promise<Loaded> {
  return again(async () => {
    const path = await realPath(store, file);
    // Reading a pipe or a device would wait for ever.
    if (!(await stat(path)).isFile()) {
      throw new Refusal(
        `flag store ${store}: ${file}`,
        'is no file',
        'fix the path in the configuration of the worker',
      );
    }
    return { configured: file, file: path, document: readDocument(file, decode(file, await readFile(path))) };
  });
}

/** The real path of a store's file. Throws `Refusal` when there is none, also a moment later. */
export function resolve(store: string, file: string): Promise<string> {
  return again(() => realPath(store, file));
}

/**
 * Reads for a way back: it may take longer than a moment until a person has put the file right, so here a bad file is
 * an ordinary error, which is tried again.
 */
export async function patiently<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isRefusal(error)) throw new Error(error.message, { cause: error });
    throw error;
  }
}

async function again<T>(read: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await read();
    } catch (error) {
      if (!isRefusal(error) || left <= 1) throw error;
    }
    await sleep(pause);
  }
}

async function realPath(store: string, file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Refusal(
      `flag store ${store}: ${file}`,
      'does not exist',
      'create it, or fix the path in the configuration of the worker',
    );
  }
}

/** Text of the bytes. Bytes that are not UTF-8 would be lost when the file is written again. */
function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(file, 'is not UTF-8 text', 'save it as UTF-8 JSON');
  }
}
