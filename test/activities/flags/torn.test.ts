import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import { aFlagFile, exposing, rollout, type FlagFile } from './given.js';

/** What a reader finds between the two calls by which an editor writes a file in place: nothing, or the first bytes. */
const torn = ['', '{\n  "flags": {\n    "split-na'];

/** Lets the reads of the flag file from the `first` on, `times` of them, find what a writer has not written whole yet. */
function tearReads(text: string, times: number, first = 1): void {
  const real = files.readFile;
  let reads = 0;
  const tearing = (file: string, ...more: unknown[]) => {
    if (!file.endsWith('flags.json')) return (real as (...given: unknown[]) => unknown)(file, ...more);
    reads += 1;
    const isTorn = reads >= first && reads < first + times;
    return isTorn
      ? Promise.resolve(Buffer.from(text))
      : (real as (...given: unknown[]) => unknown)(file, ...more);
  };
  (files as { readFile: unknown }).readFile = tearing;
  syncBuiltinESMExports();
  onTestFinished(() => {
    files.readFile = real;
    syncBuiltinESMExports();
  });
}

const lookAt = (given: FlagFile) => {
  const { target, do: action } = exposing(5);
  return given.adapter.look!([{ target, action, rollout }], given.work.signal);
};

async function exposed(): Promise<FlagFile> {
  const given = await aFlagFile();
  await given.apply(exposing(5));
  return given;
}

describe.each(torn)('a flag file that reads %j while somebody writes it', (text) => {
  it('is fit all the same', async () => {
    const given = await aFlagFile();
    tearReads(text, 2);
    expect(await given.adapter.check(exposing(5), given.work)).toMatchObject({ percent: 0 });
  });

  it('can be exposed, and is looked at', async () => {
    const given = await aFlagFile();
    tearReads(text, 2);
    await given.apply(exposing(5));
    tearReads(text, 2);
    expect(await lookAt(given)).toMatchObject([{ verdict: 'as-left', percent: 5 }]);
  });

  it('is never said to be a file that nobody could read when a drift in it is looked into', async () => {
    const given = await aFlagFile();
    const capture = await given.capture();
    await given.apply(exposing(5));
    // The second read is the look into who wrote it.
    tearReads(text, 2, 2);
    expect(await given.verify(exposing(5), capture)).toMatchObject({ verified: false });
  });
});

describe('a flag file that stays torn', () => {
  it('is refused on the way forward', async () => {
    const given = await exposed();
    tearReads('', Infinity);
    await expect(given.apply(exposing(25))).rejects.toThrow(Refusal);
    expect(await lookAt(given)).toMatchObject([
      { verdict: 'unread', reason: expect.stringMatching(/is not JSON/) },
    ]);
  });

  it.each([1, 2])('is tried again on the way back, when it is so from read %i on', async (first) => {
    const given = await aFlagFile();
    const capture = await given.capture();
    await given.apply(exposing(5));
    tearReads('', Infinity, first);
    const error = await given.verify(exposing(5), capture).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(Refusal);
    expect(String(error)).toMatch(/is not JSON/);
  });
});
