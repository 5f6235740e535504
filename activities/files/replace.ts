import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { tellEvent } from './write-events.js';

/** Settings of `replaceFile`. */
export interface ReplaceOptions {
  /** Runs right before the new file takes its place, with nothing between; what it throws leaves the old one. */
  readonly guard?: () => void;
  /** Permission bits of a file that does not exist yet; an existing file keeps its own. */
  readonly mode?: number;
}

/**
 * Replaces a file's content as a whole: a reader, and a machine that loses power, sees the old or the new, never half.
 * Mode and, where the process may, owner are kept.
 */
export async function replaceFile(
  file: string,
  content: string,
  options: ReplaceOptions = {},
): Promise<void> {
  const present = await statIfThere(file);
  const temporary = temporaryFor(file);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      // Only root may give a file away; anyone else keeps being its owner.
      if (present) await handle.chown(present.uid, present.gid).catch(() => undefined);
      await handle.chmod((present?.mode ?? options.mode ?? 0o644) & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    tellEvent(file, 'written');
    options.guard?.();
    renameSync(temporary, file);
    tellEvent(file, 'renamed');
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(file));
}

/** Makes new names in a directory outlast a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Removes what processes that died in the middle of a write left beside `file`. To be called by who holds its lock: one
 * that was robbed of it must write no more. It never fails, for a write matters more than an empty place beside it.
 */
export async function removeTemporaries(file: string): Promise<void> {
  const directory = dirname(file);
  const start = `.${basename(file)}.`;
  const names = await readdir(directory).catch(() => []);
  const left = names.filter((name) => name.startsWith(start) && random.test(name.slice(start.length)));
  await Promise.all(left.map((name) => rm(join(directory, name), { force: true }).catch(() => undefined)));
}

const random = /^[0-9a-f]{12}\.tmp$/;

/** A hidden name beside `file`, on the same file system, that nobody else uses. */
export function temporaryFor(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
}

async function statIfThere(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
