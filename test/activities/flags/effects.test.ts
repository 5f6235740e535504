import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import { memoryFile } from '../../../activities/flags/memory.js';
import { aDirectory, aFlagFile, exposing, flagdFile, FlagFile, keyOf, rollout } from './given.js';

const memoryOf = async (given: FlagFile) => JSON.parse(await readFile(memoryFile(given.file), 'utf8'));

describe('apply', () => {
  it('sets the percent and leaves everything else', async () => {
    const given = await aFlagFile();
    expect(await given.apply(exposing(5))).toMatchObject({ percent: 5, before: 0 });
    expect(await given.percent()).toBe(5);
    expect(await given.text()).toContain('"version": 12345678901234567890');
    await given.apply(exposing(25));
    expect(await given.percent()).toBe(25);
    expect(await readdir(dirname(given.file))).toEqual(['.flags.json.switchback', 'flags.json']);
  });

  it('does nothing when it is repeated, not even after a later step', async () => {
    const given = await aFlagFile();
    await given.apply(exposing(5));
    await given.apply(exposing(25));
    const text = await given.text();
    expect(await given.apply(exposing(5))).toMatchObject({ percent: 5, before: 0 });
    expect(await given.text()).toBe(text);
  });

  it('does again what died between memory and flag', async () => {
    const given = await aFlagFile();
    await given.apply(exposing(5));
    const memory = await memoryOf(given);
    memory.rollouts[rollout]['split-name'].last.done = false;
    await writeFile(memoryFile(given.file), JSON.stringify(memory));
    await given.write(flagdFile);
    expect(await given.adapter.fence(exposing(25), keyOf(exposing(25)), given.work)).toEqual({
      effect: 'none',
    });
    await given.apply(exposing(5));
    expect(await given.percent()).toBe(5);
  });

  it('does not raise exposure over the head of someone who changed it by hand', async () => {
    const given = await aFlagFile();
    await given.apply(exposing(25));
    await given.replace('25', '0');
    await given.replace('75', '100');
    await expect(given.apply(exposing(50))).rejects.toThrow(
      /changed by someone else.*targeting was 25 %, now 0 %/,
    );
    expect(await given.percent()).toBe(0);
  });

  it('keeps mode and link of the file', async () => {
    const given = await aFlagFile();
    await chmod(given.file, 0o640);
    const link = join(await aDirectory(), 'link.json');
    await symlink(given.file, link);
    await new FlagFile(link).apply(exposing(5));
    expect((await stat(given.file)).mode & 0o777).toBe(0o640);
    expect(await given.percent()).toBe(5);
    expect(await readFile(link, 'utf8')).toBe(await given.text());
  });

  it('stops waiting for the lock when the rollout wants it to', async () => {
    const given = await aFlagFile();
    await mkdir(`${given.file}.lock`);
    const stop = AbortSignal.timeout(100);
    const work = { signal: stop, heartbeat: () => undefined };
    await expect(given.adapter.apply(exposing(5), keyOf(exposing(5)), work)).rejects.toThrow(
      /abort|timeout/i,
    );
    expect(await given.text()).toBe(flagdFile);
  });

  it('takes over the lock of a process that died', async () => {
    const given = await aFlagFile();
    await mkdir(`${given.file}.lock`);
    await given.apply(exposing(5));
    expect(await given.percent()).toBe(5);
  });
});

describe('tombstones', () => {
  it('keep a late apply of any step from exposing a restored flag', async () => {
    const given = await aFlagFile();
    const capture = await given.capture();
    await given.apply(exposing(5), keyOf(exposing(5), 3));
    await given.apply(exposing(25), keyOf(exposing(25), 1));
    await given.restore(exposing(25), capture, keyOf(exposing(25), 1));
    for (const [percent, epoch] of [
      [5, 0],
      [5, 3],
      [25, 0],
      [25, 1],
      [100, 3],
    ] as const) {
      const act = exposing(percent);
      const late = given.apply(act, keyOf(act, epoch));
      await expect(late).rejects.toThrow(Refusal);
      await expect(late).rejects.toThrow(/was restored/);
    }
    expect(await given.text()).toBe(flagdFile);
    await given.apply(exposing(5), keyOf(exposing(5), 0, 'another rollout'));
    expect(await given.percent()).toBe(5);
  });

  it('let the rollout climb again, under epochs above all before, and be restored again', async () => {
    const given = await aFlagFile();
    const capture = await given.capture();
    await given.apply(exposing(5));
    await given.restore(exposing(5), capture);
    await given.apply(exposing(5), keyOf(exposing(5), 1));
    await given.apply(exposing(25), keyOf(exposing(25), 1));
    expect(await given.percent()).toBe(25);
    await expect(given.apply(exposing(25))).rejects.toThrow(/was restored/);
    const { drift } = await given.restore(exposing(25), capture, keyOf(exposing(25), 1));
    expect(drift).toBeUndefined();
    expect(await given.text()).toBe(flagdFile);
    await expect(given.apply(exposing(25), keyOf(exposing(25), 1))).rejects.toThrow(/was restored/);
  });

  it('also when nothing was applied yet', async () => {
    const given = await aFlagFile();
    await given.restore(exposing(5), await given.capture());
    await expect(given.apply(exposing(5))).rejects.toThrow(/was restored/);
  });

  it('of a fence hold for the try and older ones, not for a newer one', async () => {
    const given = await aFlagFile();
    const act = exposing(5);
    expect(await given.adapter.fence(act, keyOf(act, 1), given.work)).toEqual({ effect: 'none' });
    await expect(given.apply(act, keyOf(act, 0))).rejects.toThrow(/undone or fenced/);
    await expect(given.apply(act, keyOf(act, 1))).rejects.toThrow(Refusal);
    await given.apply(act, keyOf(act, 2));
    expect(await given.percent()).toBe(5);
    expect(await given.adapter.fence(act, keyOf(act, 2), given.work)).toEqual({ effect: 'some' });
  });

  it('are forgotten when they are old', async () => {
    const given = await aFlagFile(flagdFile, { keepFor: 0 });
    await given.restore(exposing(5), await given.capture(), keyOf(exposing(5), 0, 'old'));
    await new Promise((passed) => setTimeout(passed, 5));
    await given.apply(exposing(5), keyOf(exposing(5), 0, 'new'));
    expect(Object.keys((await memoryOf(given)).rollouts)).not.toContain('old');
  });
});

describe('undo by another act', () => {
  it('lowers the percent and buries the try', async () => {
    const given = await aFlagFile();
    const act = exposing(25);
    await given.apply(act);
    const undo = () => given.adapter.undo(act, exposing(5).do, keyOf(act), given.work);
    expect(await undo()).toMatchObject({ percent: 5, before: 25 });
    expect(await undo()).toMatchObject({ percent: 5, before: 25 });
    await expect(given.apply(act)).rejects.toThrow(/undone or fenced/);
    await given.apply(act, keyOf(act, 1));
    expect(await given.percent()).toBe(25);
  });

  it('never raises', async () => {
    const given = await aFlagFile();
    const act = exposing(25);
    expect(await given.adapter.undo(act, exposing(5).do, keyOf(act), given.work)).toMatchObject({
      percent: 0,
    });
    expect(await given.text()).toBe(flagdFile);
    await given.replace(
      '"defaultVariant": "off"',
      '"targeting": {"if": [true, "on"]}, "defaultVariant": "off"',
    );
    const undo = given.adapter.undo(act, exposing(5).do, keyOf(act), given.work);
    await expect(undo).rejects.toThrow(/rules of its own meanwhile/);
    await given.adapter.undo(act, exposing(0).do, keyOf(act), given.work);
    expect(await given.percent()).toBe(0);
  });
});
