import fs from 'node:fs';
import files from 'node:fs/promises';
import { chmod, link, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import { exposureTargeting } from '../../../activities/flags/targeting.js';
import { aDirectory, aFlagFile, exposing, flagdFile, FlagFile, keyOf } from './given.js';

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refusal);
  return (error as Refusal).message;
}

/** Lets a call of the file system fail with an error of the system, as mounts and quotas make it, for one file. */
function failing(call: 'renameSync' | 'open', code: string, of: RegExp): void {
  const module = (call === 'open' ? files : fs) as unknown as Record<string, unknown>;
  const real = module[call] as (...given: unknown[]) => unknown;
  const fault = () => Object.assign(new Error(`${code}: ${call}`), { code });
  module[call] = (...given: unknown[]) => {
    if (!of.test(String(given.at(call === 'open' ? 0 : 1)))) return real(...given);
    if (call === 'open') return Promise.reject(fault());
    throw fault();
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    module[call] = real;
    syncBuiltinESMExports();
  });
}

/** Root may write everything: meanwhile it is a user of no rights. */
async function asNobody<T>(body: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return body();
  process.seteuid!(65_534);
  try {
    return await body();
  } finally {
    process.seteuid!(0);
  }
}

const percentOf = (given: FlagFile) => given.percent();
const check = (given: FlagFile) => given.adapter.check(exposing(5), given.work);

describe('where a flag file lies', () => {
  it('is fit in a directory of its own, and is not touched by finding that out', async () => {
    const given = await aFlagFile();
    const before = await files.stat(given.file);
    await check(given);
    expect(await files.stat(given.file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(await readdir(dirname(given.file))).toEqual(['flags.json']);
  });

  it.each([
    ['a ConfigMap', '..2026_11_30', '..data', '..data/flags.json'],
    ['a checkout that is swapped', '.worktrees-1', 'current', 'current/flags.json'],
  ])('is refused behind %s, with what to do', async (_, version, swapped, to) => {
    const place = await aDirectory();
    await mkdir(join(place, version));
    await writeFile(join(place, version, 'flags.json'), flagdFile);
    await symlink(version, join(place, swapped));
    await symlink(to, join(place, 'flags.json'));
    for (const path of ['flags.json', to]) {
      const message = await refusalOf(check(new FlagFile(join(place, path))));
      expect(message).toContain(`is reached through ${join(place, swapped)}, a link to a directory`);
      expect(message).toMatch(
        /what was written before is gone; keep it in a directory that nobody publishes/,
      );
    }
  });

  it('is fit behind a link to the file itself', async () => {
    const given = await aFlagFile();
    const other = join(await aDirectory(), 'flags.json');
    await symlink(given.file, other);
    await check(new FlagFile(other));
  });

  it('is refused when the file has other names, which would stay as they are', async () => {
    const given = await aFlagFile();
    await link(given.file, join(dirname(given.file), 'other.json'));
    expect(await refusalOf(check(given))).toMatch(/has 2 names \(hard links\).*symbolic link/);
  });

  it('is refused when it is no file at all', async () => {
    const given = await aFlagFile();
    await rm(given.file);
    await mkdir(given.file);
    expect(await refusalOf(check(given))).toMatch(/is no file; fix the path/);
  });

  it.each([
    ['EROFS', /lies on a read-only file system \(EROFS\); mount .* writable for the worker/],
    ['EACCES', /cannot be written by this worker \(EACCES\); let the user of the worker/],
    ['EPERM', /may not be replaced by this worker \(EPERM\)/],
    ['ENOSPC', /has no room on its file system \(ENOSPC\); make room/],
    ['EDQUOT', /beyond the quota of this worker \(EDQUOT\)/],
  ])('is refused when its directory answers %s, with what to do', async (code, message) => {
    const given = await aFlagFile();
    failing('open', code, /\.tmp$/);
    expect(await refusalOf(check(given))).toMatch(message);
    expect(await given.text()).toBe(flagdFile);
  });

  it.each([
    ['EBUSY', /is a mount of its own.* \(EBUSY\); mount the directory that holds it/],
    ['EROFS', /lies on a read-only file system \(EROFS\)/],
  ])(
    'is refused by apply when it turns %s later, and its undo says why as long as that lasts',
    async (code, message) => {
      const given = await aFlagFile();
      const capture = await given.capture();
      await given.apply(exposing(5));
      failing('renameSync', code, /flags\.json$/);
      expect(await refusalOf(given.apply(exposing(25)))).toMatch(message);
      const undo = await given.restore(exposing(5), capture).catch((error: unknown) => error);
      // Somebody may mount it anew: that is tried again, and no refusal.
      expect(undo).not.toBeInstanceOf(Refusal);
      expect(String(undo)).toMatch(message);
      expect(await percentOf(given)).toBe(5);
    },
  );

  it('is refused for a worker that may not write it', async () => {
    const given = await aFlagFile();
    await chmod(dirname(given.file), 0o555);
    onTestFinished(() => chmod(dirname(given.file), 0o755));
    const refusal = asNobody(() => refusalOf(check(given)));
    expect(await refusal).toMatch(/\(EACCES\); let the user of the worker/);
  });
});

describe('a flag that is exposed already', () => {
  const targeting = (percent: number) =>
    JSON.stringify(exposureTargeting({ candidate: 'on', baseline: 'off' }, percent));
  const at = (percent: number) =>
    aFlagFile(flagdFile.replace('"ours": 1.0', `"targeting": ${targeting(percent)}`));
  const steps = [exposing(5), exposing(10), exposing(50)];

  it.each([
    [
      40,
      /40 % get "on", and expose\/split-name\/5 \(5 %\), expose\/split-name\/10 \(10 %\) would take it from them/,
    ],
    [100, /100 % get "on", and .*expose\/split-name\/50 \(50 %\) would/],
    [3, /3 % get "on", and a rollback could not tell them from its own/],
  ])('to %i percent is refused, with the steps below it', async (percent, message) => {
    const given = await at(percent);
    const text = await given.text();
    expect(await refusalOf(given.adapter.check(exposing(5), given.work, steps))).toMatch(message);
    expect(await given.text()).toBe(text);
  });

  it('by its default is refused, with the percent', async () => {
    const given = await aFlagFile(flagdFile.replace('"defaultVariant": "off"', '"defaultVariant": "on"'));
    expect(await refusalOf(given.adapter.check(exposing(5), given.work, steps))).toMatch(
      /100 % have the candidate already; set defaultVariant to "off"/,
    );
  });

  it('by variants that give the same is refused', async () => {
    const given = await aFlagFile(flagdFile.replace('"off": false', '"off": true'));
    expect(await refusalOf(check(given))).toMatch(/everybody has the candidate already/);
  });

  it('since preflight is not lowered: the first step is refused', async () => {
    const given = await at(40);
    expect(await refusalOf(given.apply(exposing(5)))).toMatch(/gives "on" to 40 %, but not by this rollout/);
    expect(await percentOf(given)).toBe(40);
  });

  it('is not lowered by a rollout whose memory was taken away', async () => {
    const given = await aFlagFile();
    await given.apply(exposing(40));
    await rename(join(dirname(given.file), '.flags.json.switchback'), join(dirname(given.file), 'gone'));
    expect(await refusalOf(given.apply(exposing(5), keyOf(exposing(5), 1)))).toMatch(
      /but not by this rollout/,
    );
    expect(await readFile(given.file, 'utf8')).toContain('40');
  });
});
