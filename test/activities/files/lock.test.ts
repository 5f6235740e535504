import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withFileLock } from '../../../activities/files/lock.js';
import { replaceFile } from '../../../activities/files/replace.js';

async function aFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'file');
}

it('lets one in at a time', async () => {
  const file = await aFile();
  await writeFile(file, '0');
  const add = () =>
    withFileLock(file, async (held) => {
      const next = Number(await readFile(file, 'utf8')) + 1;
      await replaceFile(file, String(next), { guard: held });
    });
  await Promise.all(Array.from({ length: 30 }, add));
  expect(await readFile(file, 'utf8')).toBe('30');
  expect(await readdir(join(file, '..'))).toEqual(['file']);
});

it('lets the next in after an error', async () => {
  const file = await aFile();
  await expect(withFileLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withFileLock(file, () => Promise.resolve('yes'))).resolves.toBe('yes');
});

it('keeps one who was robbed of the lock from writing, and from releasing the lock of the other', async () => {
  const file = await aFile();
  await writeFile(file, 'before');
  const robbed = withFileLock(file, async (held) => {
    // What another process does that finds the lock stale.
    await rm(`${file}.lock`, { recursive: true });
    await withFileLock(file, async (theirs) => {
      await expect(replaceFile(file, 'ours', { guard: held })).rejects.toThrow(/lock was lost/);
      await replaceFile(file, 'theirs', { guard: theirs });
    });
    held();
  });
  await expect(robbed).rejects.toThrow(/lock was lost/);
  expect(await readFile(file, 'utf8')).toBe('theirs');
  expect(await readdir(join(file, '..'))).toEqual(['file']);
});
