import { link, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dropCopy, makeCopy } from '../../../activities/drill/copies.js';
import { copyOf } from '../../../activities/drill/names.js';
import type { ScratchNotes } from '../../../activities/records/drills.js';

let folder: string;
let noted: Set<string>;
const notes: ScratchNotes = {
  has: async (thing) => noted.has(thing),
  add: async (thing) => void noted.add(thing),
  remove: async (thing) => void noted.delete(thing),
};

beforeEach(async () => {
  noted = new Set();
  folder = await mkdtemp(join(tmpdir(), 'switchback-copies-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function given() {
  const [file, production] = [join(folder, 'drill.json'), join(folder, 'production.json')];
  await writeFile(file, 'of the drill');
  await writeFile(production, 'of production');
  return { production, store: 'flags', file, copy: copyOf('drills', 'flags', file) };
}

it('a copy is made, made anew, and thrown away', async () => {
  const copied = await given();
  for (const _ of [1, 2]) {
    await makeCopy(copied, notes);
    expect(await readFile(copied.copy, 'utf8')).toBe('of the drill');
    await writeFile(copied.copy, 'what a killed drill left');
  }
  await dropCopy(copied, notes);
  await expect(readFile(copied.copy)).rejects.toThrow(/ENOENT/);
  await dropCopy(copied, notes);
});

it.each([
  ['a symbolic link', symlink],
  ['a hard link', link],
])('nothing is written into what %s in the place of the copy leads to', async (_, lead) => {
  const copied = await given();
  await makeCopy(copied, notes);
  await rm(copied.copy);
  await lead(copied.production, copied.copy);
  await makeCopy(copied, notes);
  await writeFile(copied.copy, 'exposed to all');
  expect(await readFile(copied.production, 'utf8')).toBe('of production');
  expect(await readFile(copied.file, 'utf8')).toBe('of the drill');
});

it('what no drill has made is neither replaced nor thrown away', async () => {
  const copied = await given();
  await symlink(join(folder, 'nowhere'), copied.copy);
  await expect(makeCopy(copied, notes)).rejects.toThrow(/no drill of these records has made it/);
  await rm(copied.copy);
  await writeFile(copied.copy, 'theirs');
  await expect(makeCopy(copied, notes)).rejects.toThrow(/no drill of these records has made it/);
  await dropCopy(copied, notes);
  expect(await readFile(copied.copy, 'utf8')).toBe('theirs');
});
