import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireFlag } from '../../../activities/flags/document.js';
import { entryOf } from '../../../activities/flags/memory.js';
import { inSession } from '../../../activities/flags/session.js';
import { exposureTargeting } from '../../../activities/flags/targeting.js';
import { memoryFile } from '../../../activities/flags/memory.js';
import { aFlagFile, exposing, FlagFile, keyOf } from './given.js';

const flag = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
const flagsNamed = (names: string[]) =>
  JSON.stringify({ flags: Object.fromEntries(names.map((name) => [name, flag])) });

describe('several who edit one file at once', () => {
  it('lose nothing, as adapters of one process', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `flag-${index}`);
    const given = await aFlagFile(flagsNamed(names));
    await Promise.all(
      names.map(async (name) => {
        const own = new FlagFile(given.file);
        for (const percent of [5, 25]) {
          const act = exposing(percent, {}, name);
          await own.apply(act, keyOf(act, 0, `rollout/${name}`));
        }
      }),
    );
    for (const name of names) expect(await given.read(exposing(0, {}, name))).toMatchObject({ percent: 25 });
  });

  it('lose nothing, as processes', async () => {
    const names = ['a', 'b', 'c'];
    const given = await aFlagFile(flagsNamed(names));
    const script = join(import.meta.dirname, 'exposer-process.ts');
    const exits = names.map(async (name) => {
      const args = ['--import', 'tsx', script, given.file, name];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number];
      return { code, stderr };
    });
    for (const exit of await Promise.all(exits)) expect(exit).toMatchObject({ code: 0 });
    for (const name of names) expect(await given.read(exposing(0, {}, name))).toMatchObject({ percent: 20 });
    const memory = JSON.parse(await readFile(memoryFile(given.file), 'utf8'));
    expect(Object.keys(memory.rollouts).sort()).toEqual(names.map((name) => `rollout/${name}`));
  });

  async function changeWhile(given: FlagFile, edit: (time: number) => Promise<void>): Promise<number> {
    const options = { signal: given.work.signal, keepFor: 1_000_000, wayBack: false };
    const act = exposing(5, {}, 'a');
    let times = 0;
    await inSession('shop', { file: given.file }, options, async (session) => {
      await edit(times++);
      const flag = requireFlag(session.document, 'a');
      const targeting = exposureTargeting({ candidate: 'on', baseline: 'off' }, 5);
      const by = { ...keyOf(act), verb: 'apply' as const };
      await session.change(flag, entryOf(session.memory, 'rollout', 'a'), by, targeting);
    });
    return times;
  }

  it('keep what someone who knows no lock wrote between our reading and our writing', async () => {
    const given = await aFlagFile(flagsNamed(['a', 'b']));
    const times = await changeWhile(given, async (time) => {
      if (time < 2) await given.replace(/$/, ' ');
    });
    expect(times).toBe(3);
    expect(await given.text()).toMatch(/ {2}$/);
    expect(await given.read(exposing(0, {}, 'a'))).toMatchObject({ percent: 5 });
  });

  it('give up, and leave the file, when it never stops changing', async () => {
    const given = await aFlagFile(flagsNamed(['a', 'b']));
    const changing = changeWhile(given, () => given.replace(/$/, ' '));
    await expect(changing).rejects.toThrow(/is being changed by others all the time; try again/);
    expect(await given.read(exposing(0, {}, 'a'))).toMatchObject({ percent: 0 });
  });

  it('a restore beside a late apply ends with the captured state', async () => {
    for (let round = 0; round < 10; round++) {
      const given = await aFlagFile(flagsNamed(['a']));
      const act = exposing(50, {}, 'a');
      const capture = await given.capture(act);
      await Promise.allSettled([given.apply(act), given.restore(act, capture)]);
      expect(await given.text()).toBe(flagsNamed(['a']));
    }
  });
});
