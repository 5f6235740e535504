import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { fileEvents, type FileEvent } from '../../../activities/files/write-events.js';
import { memoryFile, type Memory } from '../../../activities/flags/memory.js';
import { aFlagFile, exposing, FlagFile, flagdFile, rollout } from './given.js';

const script = join(import.meta.dirname, 'crashing-process.ts');

/** Every moment of one exposure's writes; a test below sees that these are all. */
const moments = [
  'flags.json locked',
  '.flags.json.switchback written',
  '.flags.json.switchback renamed',
  'flags.json written',
  'flags.json renamed',
  '.flags.json.switchback written',
  '.flags.json.switchback renamed',
] as const;

/** A flag file beside which a process died at one moment, counted from 0, of an exposure. */
async function afterDeathAt(moment: number): Promise<FlagFile> {
  const given = await aFlagFile();
  const args = ['--import', 'tsx', script, given.file, String(moment + 1)];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
  return given;
}

const beside = async ({ file }: FlagFile) => (await readdir(dirname(file))).sort();
const tidy = ['.flags.json.switchback', 'flags.json'];

async function exposed(): Promise<string> {
  const given = await aFlagFile();
  await given.apply(exposing(5));
  return given.text();
}

it('an exposure has these moments at which a process can die', async () => {
  const given = await aFlagFile();
  const seen: string[] = [];
  const listen = (message: unknown) => {
    const { file, moment } = message as FileEvent;
    if (dirname(file) === dirname(given.file)) seen.push(`${basename(file)} ${moment}`);
  };
  fileEvents.subscribe(listen);
  await given.apply(exposing(5));
  fileEvents.unsubscribe(listen);
  expect(seen).toEqual(moments);
});

it('a process that dies at any of them leaves whole flags, lets the next attempt in, and no file is left behind', async () => {
  const after = await exposed();
  // All at once: each of them waits until the lock of the dead may be taken over.
  const ends = moments.map(async (name, index) => {
    const given = await afterDeathAt(index);
    const found = await given.text();
    await given.apply(exposing(5));
    const memory = JSON.parse(await readFile(memoryFile(given.file), 'utf8')) as Memory;
    const { last } = memory.rollouts[rollout]?.['split-name'] ?? {};
    return { name, found, after: await given.text(), done: last?.done, beside: await beside(given) };
  });
  expect(await Promise.all(ends)).toEqual(
    moments.map((name, index) => {
      const found = index < moments.indexOf('flags.json renamed') ? flagdFile : after;
      return { name, found, after, done: true, beside: tidy };
    }),
  );
});

it('a way back that writes nothing to the flags tidies up too', async () => {
  const given = await afterDeathAt(moments.indexOf('flags.json written'));
  await given.restore(exposing(5), await given.capture());
  expect(await given.text()).toBe(flagdFile);
  expect(await beside(given)).toEqual(tidy);
});
