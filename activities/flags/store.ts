import { readFile, realpath } from 'node:fs/promises';
import { Refusal } from '../../src/engine/errors.js';
import type { ObserveOptions } from '../probe/options.js';
import { readDocument, type FlagDocument } from './document.js';

/** A flagd file and how the application that reads it can be asked. */
export interface StoreOptions {
  readonly file: string;
  /** Asks the application itself who gets the candidate: `check` and `verify` then rely on its answers too. */
  readonly observe?: ObserveOptions | undefined;
}

/** A flag file as it was read. */
export interface Loaded {
  /** The file itself where the configured path is a symbolic link: that is what is locked and replaced. */
  readonly file: string;
  readonly document: FlagDocument;
}

/** Reads a store's file. Throws `Refusal` when it is missing or not a flagd file. */
export async function load(store: string, { file }: StoreOptions): Promise<Loaded> {
  const path = await resolve(store, file);
  return { file: path, document: readDocument(file, decode(file, await readFile(path))) };
}

/**
 * The same for a way back: an editor that writes in place leaves half a file for a moment, and a person can put the
 * file right, so here a bad file is an ordinary error, which is tried again.
 */
export async function loadPatiently(store: string, options: StoreOptions): Promise<Loaded> {
  try {
    return await load(store, options);
  } catch (error) {
    if (error instanceof Refusal) throw new Error(error.message, { cause: error });
    throw error;
  }
}

/** The real path of a store's file. Throws `Refusal` when there is none. */
export async function resolve(store: string, file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Refusal(
      `flag store ${store}: ${file}`,
      'does not exist',
      'create it, or mend the path in the configuration of the worker',
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
