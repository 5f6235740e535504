import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../../src/engine/errors.js';
import { syncDirectory, temporaryFor } from '../files/replace.js';

/**
 * Writes a file that must not exist yet; false when it does. A reader sees the whole content or no file, and of
 * writers at the same time exactly one wins.
 */
export async function createFile(file: string, content: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = temporaryFor(file);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike rename, link never takes the place of a file that is there.
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(file));
  return true;
}

/** A stored JSON file; undefined when there is none. Throws `Refusal` when it is damaged. */
export async function readRecord(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(file, 'is not JSON');
  }
}

/** The refusal of a record that is not what was written. */
export function damaged(file: string, rule: string): Refusal {
  return new Refusal(file, rule, 'put it back from a backup: it was changed after it was written');
}
