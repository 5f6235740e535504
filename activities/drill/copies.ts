import { constants } from 'node:fs';
import { copyFile, lstat, rm } from 'node:fs/promises';
import { Refusal } from '../../src/engine/base/errors.js';
import type { ScratchNotes } from '../records/drills.js';

/** A flag file, and the drill's own copy of it. */
export interface CopiedFile {
  readonly store: string;
  readonly file: string;
  readonly copy: string;
}

/**
 * Copies a flag file anew; a copy that is left of another drill goes.
 *
 * @param notes which copies are a drill's
 * @throws Refusal when something of the copy's name is there that no drill has made
 */
export async function makeCopy({ store, file, copy }: CopiedFile, notes: ScratchNotes): Promise<void> {
  if (!(await notes.has(thingOf(copy))) && (await isThere(copy))) {
    throw new Refusal(
      `flag store ${store}: ${copy}`,
      'is there, and no drill of these records has made it: a drill throws away only what it made itself',
      'remove it if nobody needs it',
    );
  }
  await notes.add(thingOf(copy));
  // Its name goes, and what a link of that name leads to stays: written into, it would be changed for everybody.
  await rm(copy, { force: true });
  await copyFile(file, copy, constants.COPYFILE_EXCL);
}

/** Throws a copy away; does nothing when it is not there, or no drill has made it. */
export async function dropCopy({ copy }: CopiedFile, notes: ScratchNotes): Promise<void> {
  if (!(await notes.has(thingOf(copy)))) return;
  await rm(copy, { force: true });
  await notes.remove(thingOf(copy));
}

function thingOf(copy: string): string {
  return `file ${copy}`;
}

/** Also a link that leads nowhere. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
