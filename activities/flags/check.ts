import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../../src/engine/errors.js';
import type { Evidence } from '../../src/engine/ports.js';
import { observeShare } from '../probe/observe.js';
import { requireFit } from './fit.js';
import type { ExposeInput } from './input.js';
import { readMemory } from './memory.js';
import { load, type StoreOptions } from './store.js';

/** Whether the flag can be exposed and taken back. Changes nothing; throws `Refusal` that says what is in the way. */
export async function checkExposure(
  input: ExposeInput,
  store: StoreOptions,
  signal: AbortSignal,
): Promise<Evidence> {
  const { file, document } = await load(input.store, store);
  const { percent } = requireFit(document, input);
  await requireWritable(file);
  await readMemory(file);
  // A rollback is believed only when the application confirms it: better to learn now that it cannot be asked.
  const observed = store.observe && (await observeShare(store.observe, signal));
  return {
    store: input.store,
    file,
    flag: input.flag,
    percent,
    ...(observed && { observed: { ...observed } }),
  };
}

/** A file is replaced through its directory, so both must be ours to write. */
async function requireWritable(file: string): Promise<void> {
  for (const path of [file, dirname(file)]) {
    try {
      await access(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const mend = 'let the user of the worker write the file and its directory';
      throw new Refusal(path, `cannot be written by this worker (${code})`, mend);
    }
  }
}
