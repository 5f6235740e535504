import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Refusal } from '../../src/engine/base/errors.js';
import { aDirectory, exposing, flagdFile, FlagFile } from '../activities/flags/given.js';

/** Mounts something until the test has finished; only root may. */
function mount(place: string, ...how: readonly string[]): void {
  execFileSync('mount', [...how, place]);
  onTestFinished(() => void execFileSync('umount', [place]));
}

/** A directory of its own file system, with a flag file in it. */
async function aVolume(options = 'size=1m'): Promise<FlagFile> {
  const place = join(await aDirectory(), 'volume');
  await mkdir(place);
  mount(place, '-t', 'tmpfs', '-o', options, 'tmpfs');
  await writeFile(join(place, 'flags.json'), flagdFile);
  return new FlagFile(join(place, 'flags.json'));
}

const remount = (given: FlagFile, how: 'ro' | 'rw') =>
  execFileSync('mount', ['-o', `remount,${how}`, join(given.file, '..')]);

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Refusal);
  return (error as Refusal).message;
}

const check = (given: FlagFile) => given.adapter.check(exposing(5), given.work);

describe('a flag file on real mounts', () => {
  it('is fit on a volume of its own', async () => {
    await check(await aVolume());
  });

  it('is refused when it is mounted alone, and is left as it is', async () => {
    const directory = await aDirectory();
    await writeFile(join(directory, 'real.json'), flagdFile);
    await writeFile(join(directory, 'flags.json'), '');
    mount(join(directory, 'flags.json'), '--bind', join(directory, 'real.json'));
    const message = await refusalOf(check(new FlagFile(join(directory, 'flags.json'))));
    expect(message).toMatch(/is a mount of its own.*\(EBUSY\); mount the directory that holds it/);
    expect(await readFile(join(directory, 'real.json'), 'utf8')).toBe(flagdFile);
  });

  it('is refused when it is mounted alone under a name with a space', async () => {
    const directory = await aDirectory();
    await writeFile(join(directory, 'real.json'), flagdFile);
    await writeFile(join(directory, 'my flags.json'), '');
    mount(join(directory, 'my flags.json'), '--bind', join(directory, 'real.json'));
    expect(await refusalOf(check(new FlagFile(join(directory, 'my flags.json'))))).toMatch(/\(EBUSY\)/);
  });

  it('is refused on a read-only mount', async () => {
    const given = await aVolume();
    remount(given, 'ro');
    expect(await refusalOf(check(given))).toMatch(/read-only file system \(EROFS\); mount .* writable/);
  });

  it('is refused on a full one', async () => {
    const given = await aVolume('size=16k');
    await writeFile(join(given.file, '..', 'filler'), Buffer.alloc(64_000)).catch(() => undefined);
    expect(await refusalOf(check(given))).toMatch(/no room on its file system \(ENOSPC\); make room/);
  });

  it('says why it cannot be taken back while its mount is read-only, and is taken back when it is not', async () => {
    const given = await aVolume();
    const capture = await given.capture();
    await given.apply(exposing(5));
    remount(given, 'ro');
    const error = await given.restore(exposing(5), capture).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(Refusal);
    expect(String(error)).toMatch(/flags\.json lies on a read-only file system \(EROFS\); mount/);
    expect(await given.percent()).toBe(5);
    remount(given, 'rw');
    await given.restore(exposing(5), capture);
    expect(await given.percent()).toBe(0);
  });

  it('says why it cannot be taken back when somebody mounted it alone, and the next step is refused', async () => {
    const given = await aVolume();
    const capture = await given.capture();
    await given.apply(exposing(5));
    const other = join(given.file, '..', 'other.json');
    await writeFile(other, await given.text());
    mount(given.file, '--bind', other);
    expect(await refusalOf(given.apply(exposing(25)))).toMatch(/\(EBUSY\)/);
    const error = await given.restore(exposing(5), capture).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/is a mount of its own.*\(EBUSY\)/);
    expect(await given.percent()).toBe(5);
  });
});
