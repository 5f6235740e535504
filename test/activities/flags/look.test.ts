import { chmod, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryFile } from '../../../activities/flags/memory.js';
import type { Look } from '../../../src/engine/state/look.js';
import { aDirectory, aFlagFile, exposing, flagdFile, FlagFile, quietWork, rollout } from './given.js';

/** What a look says of the flag that a rollout has exposed to so many percent. */
async function lookAt(given: FlagFile, percent = 5, of = rollout): Promise<Look> {
  const { target, do: action } = exposing(percent);
  const [look] = await given.adapter.look!([{ target, action, rollout: of }], quietWork().signal);
  return look!;
}

async function exposed(percent = 5): Promise<FlagFile> {
  const given = await aFlagFile();
  await given.apply(exposing(percent));
  return given;
}

/** The percent of the rule in the file, by whoever has it open in an editor. */
const setByHand = (given: FlagFile, to: number) =>
  given.replace(/("on",\s*)\d+(\s*\],\s*\[\s*"off",\s*)\d+/, `$1${to}$2${100 - to}`);

describe('a look at a flag', () => {
  it('finds it as the rollout left it, also when that was to take it back', async () => {
    const given = await aFlagFile();
    expect(await lookAt(given)).toMatchObject({ verdict: 'unwritten', percent: 0 });
    const capture = await given.capture();
    await given.apply(exposing(5));
    expect(await lookAt(given)).toMatchObject({ verdict: 'as-left', percent: 5, target: 'flag:split-name' });
    await given.restore(exposing(5), capture);
    expect(await lookAt(given)).toMatchObject({ verdict: 'as-left', percent: 0 });
  });

  it.each([
    ['lowered', 0],
    ['lowered', 3],
    ['raised', 50],
    ['raised', 100],
  ] as const)('finds it %s to %i %%, and says what is known of who', async (verdict, percent) => {
    const given = await exposed();
    await setByHand(given, percent);
    const look = await lookAt(given);
    expect(look).toMatchObject({ verdict, percent });
    const { mtime, uid } = await stat(given.file);
    expect(look.reason).toContain(`gives "on" to ${percent} %, this rollout left 5 % at `);
    expect(look.reason).toContain(`${given.file} was last written ${mtime.toISOString()}, owned by `);
    expect(look.reason).toContain(`uid ${uid}`);
  });

  it.each<[string, string | RegExp, string, Partial<Look>]>([
    ['turned off', '"ENABLED"', '"DISABLED"', { verdict: 'lowered', percent: 0 }],
    [
      'given another default',
      '"defaultVariant": "off"',
      '"defaultVariant": "on"',
      { verdict: 'changed', percent: 5 },
    ],
    ['given a rule of its own', '"cat"', '"merge"', { verdict: 'raised' }],
    ['made to give the same', '"off": false', '"off": true', { verdict: 'raised', percent: 100 }],
    ['made to give something else', '"on": true', '"on": "x"', { verdict: 'changed', percent: 5 }],
    ['removed', '"split-name"', '"split-names"', { verdict: 'lowered', percent: 0 }],
  ])('sees that it was %s', async (_, from, to, expected) => {
    const given = await exposed();
    await given.replace(from, to);
    expect(await lookAt(given)).toMatchObject(expected);
  });

  it('takes what another flag, or another rollout, does for no change', async () => {
    const given = await exposed();
    await given.apply(exposing(40, {}, '2'));
    await given.replace('"ours": 1.0', '"ours": 2.0');
    expect(await lookAt(given)).toMatchObject({ verdict: 'as-left', percent: 5 });
  });

  it('says that the memory of the rollout is gone, and does not take that for its own work', async () => {
    const given = await exposed();
    await rm(memoryFile(given.file));
    expect(await lookAt(given)).toMatchObject({
      verdict: 'changed',
      percent: 5,
      reason: expect.stringContaining('does not say that this rollout wrote it'),
    });
    await setByHand(given, 50);
    expect(await lookAt(given)).toMatchObject({ verdict: 'raised', percent: 50 });
  });

  it.each<[string, (given: FlagFile) => Promise<unknown>, RegExp]>([
    ['is not there', (given) => rm(given.file), /does not exist/],
    ['is half written', async (given) => given.write((await given.text()).slice(0, 200)), /is not JSON/],
    ['is a directory now', async (given) => rm(given.file).then(() => mkdir(given.file)), /is no file/],
    ['has a damaged memory', (given) => writeFile(memoryFile(given.file), '{'), /is damaged/],
  ])('is no pass and not 0 %% when the file %s', async (_, spoil, reason) => {
    const given = await exposed();
    await spoil(given);
    const look = await lookAt(given);
    expect(look).toMatchObject({ verdict: 'unread', reason: expect.stringMatching(reason) });
    expect(look.percent).toBeUndefined();
  });

  it('is told neither pass nor change by a store that this worker does not have', async () => {
    const given = await exposed();
    const { target, do: action } = exposing(5, { store: 'elsewhere' });
    const looks = await given.adapter.look!([{ target, action, rollout }], quietWork().signal);
    expect(looks).toMatchObject([
      { verdict: 'unread', reason: expect.stringContaining('flag store "elsewhere"') },
    ]);
  });

  it('never takes a change of our own for one of somebody else', async () => {
    const given = await exposed();
    let writing = true;
    const writes = (async () => {
      for (let percent = 6; percent < 30; percent += 1) await given.apply(exposing(percent));
      writing = false;
    })();
    while (writing) {
      const [look] = await given.adapter.look!(
        [{ target: exposing(5).target, action: exposing(5).do, rollout }],
        quietWork().signal,
      );
      expect([undefined, 'as-left']).toContain(look?.verdict);
    }
    await writes;
  });

  it('reads a store once for all of its rollouts', async () => {
    const given = await exposed();
    const asked = Array.from({ length: 300 }, () => {
      const { target, do: action } = exposing(5);
      return { target, action, rollout };
    });
    const looks = await given.adapter.look!(asked, quietWork().signal);
    expect(looks).toHaveLength(300);
    expect(new Set(looks.map((look) => look?.reason)).size).toBe(1);
  });

  it('finds what it did after a link to a directory was pointed elsewhere, as a ConfigMap does it', async () => {
    const place = await aDirectory();
    const version = async (name: string, text: string) => {
      await mkdir(join(place, name));
      await writeFile(join(place, name, 'flags.json'), text);
      await symlink(name, join(place, '..data_tmp'));
      await rename(join(place, '..data_tmp'), join(place, '..data'));
    };
    await version('..1', flagdFile);
    await symlink('..data/flags.json', join(place, 'flags.json'));
    const given = new FlagFile(join(place, 'flags.json'));
    const capture = await given.capture();
    await given.apply(exposing(5));
    await version('..2', flagdFile);
    expect(await lookAt(given)).toMatchObject({ verdict: 'lowered', percent: 0 });
    expect((await given.restore(exposing(5), capture)).drift).toMatch(/someone changed.*was 5 %, now absent/);
  });

  it('keeps its memory hidden, by no name of a flag file, and for nobody else to read who may not read the flags', async () => {
    const given = await aFlagFile();
    await chmod(given.file, 0o640);
    await given.apply(exposing(5));
    expect(memoryFile(given.file)).toMatch(/\/\.flags\.json\.switchback$/);
    expect((await stat(memoryFile(given.file))).mode & 0o777).toBe(0o640);
  });

  it('finds what a build before kept by another name, and goes on from there', async () => {
    const given = await exposed();
    const older = `${given.file}.switchback.json`;
    await rename(memoryFile(given.file), older);
    expect(await lookAt(given)).toMatchObject({ verdict: 'as-left', percent: 5 });
    await given.apply(exposing(25));
    expect(await lookAt(given)).toMatchObject({ verdict: 'as-left', percent: 25 });
    expect(JSON.parse(await readFile(memoryFile(given.file), 'utf8')).rollouts[rollout]).toBeDefined();
    // Such a build may still be at work on rollouts of its own.
    expect(await readFile(older, 'utf8')).not.toBe('');
  });
});

describe('a verification', () => {
  it('tells apart what somebody else wrote from what the rollout itself left, so as to raise nothing', async () => {
    const given = await aFlagFile();
    const capture = await given.capture();
    await given.apply(exposing(5));
    const verify = () => given.verify(exposing(5), capture);
    await given.restore(exposing(5), capture);
    await given.replace(
      '"defaultVariant": "off"',
      '"defaultVariant": "off",\n      "targeting": {"if": [true, "on"]}',
    );
    const { drift } = await verify();
    expect(drift?.reason).toMatch(/rules of its own, captured were 0 %; .* was last written .*, owned by/);
    expect(drift?.percent).toBeUndefined();
    // With this default, no targeting at all would give everybody the candidate: 0 % is written out.
    await given.replace('"defaultVariant": "off"', '"defaultVariant": "on"');
    await given.restore(exposing(5), capture);
    expect(await given.percent()).toBe(0);
    expect(await verify()).toMatchObject({ verified: false, evidence: { percent: 0 } });
    expect((await verify()).drift).toBeUndefined();
  });
});
