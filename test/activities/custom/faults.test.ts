import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aDial, type Dial, type Fault } from './given.js';

const faults: readonly Fault[] = ['none', 'before', 'after', 'late'];

/** Again until it succeeds, as Temporal does. */
async function insist<T>(verb: () => Promise<T>): Promise<T> {
  for (let left = 3; ; left--) {
    try {
      return await verb();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

const attempt = (verb: () => Promise<unknown>) => verb().catch(() => undefined);

describe.each(faults)('an apply that is lost: %s', (fault) => {
  it('is finished by the next attempt, under one key', async () => {
    const dial = await aDial();
    dial.fault = fault;
    const evidence = await insist(() => dial.apply(8));
    expect(evidence).toEqual({ before: { to: 3 }, after: { to: 8 } });
    expect(dial.keys.size).toBe(1);
    expect(dial.calls).toBe(fault === 'before' ? 2 : 1);
    await dial.landed;
    expect(dial.to).toBe(8);
  });

  it('does not undo a later step', async () => {
    const dial = await aDial();
    dial.fault = fault;
    await insist(() => dial.apply(8));
    await dial.apply(9);
    await dial.apply(8);
    await dial.landed;
    expect(dial.to).toBe(9);
  });

  const waysBack: Record<string, (dial: Dial) => Promise<unknown>> = {
    restore: (dial) => dial.restore(8),
    undo: (dial) => dial.undo(8, 3),
  };
  describe.each(Object.entries(waysBack))('then %s', (_name, back) => {
    it.each(faults)('that is lost: %s, gives the captured state for good', async (backFault) => {
      const dial = await aDial();
      dial.fault = fault;
      await attempt(() => dial.apply(8));
      await insist(() => {
        dial.fault = backFault;
        backFault = 'none';
        return back(dial);
      });
      await dial.landed;
      expect(dial.to).toBe(3);
      expect(await dial.verify(8)).toMatchObject({ verified: true });
      await expect(dial.apply(8)).rejects.toThrow(/was (restored|undone)/);
      expect(dial.to).toBe(3);
    });
  });

  it('is fenced with the truth', async () => {
    const dial = await aDial();
    dial.fault = fault;
    await attempt(() => dial.apply(8));
    expect(await dial.fence(8)).toEqual({ effect: fault === 'before' ? 'none' : 'some' });
    await expect(dial.apply(8)).rejects.toThrow('try 0 was undone or fenced');
  });
});

it('is not done again when the target shows it already', async () => {
  const dial = await aDial();
  dial.to = 8;
  expect(await dial.apply(8)).toEqual({ before: { to: 8 }, after: { to: 8 } });
  expect(dial.calls).toBe(0);
  expect(await dial.fence(8)).toEqual({ effect: 'none' });
});

it('leaves what the act never changed: an undo would lead away from the captured state', async () => {
  const dial = await aDial();
  dial.to = 8;
  await dial.apply(8);
  expect(await dial.undo(8, 2)).toMatchObject({ because: 'the act had no effect' });
  expect(dial.to).toBe(8);
});

it('fails an act after which the target does not show it', async () => {
  const dial = await aDial();
  dial.stuck = true;
  await expect(dial.apply(8)).rejects.toThrow(
    'dial:volume: what dial.turn does is not to be seen afterwards: it is {"to":3}',
  );
});

it('tells what a stranger changed, and restores the capture', async () => {
  const dial = await aDial();
  await dial.apply(8);
  dial.to = 5;
  expect(await dial.restore(8)).toMatchObject({
    drift: 'dial:volume was changed, but not by this rollout: to is 5, not 8',
  });
  expect(dial.to).toBe(3);
  expect(await dial.restore(8)).toMatchObject({ drift: expect.stringContaining('is 5') });
});

it('tells it also of a target that it never changed', async () => {
  const dial = await aDial();
  dial.to = 5;
  expect(await dial.verify(8)).toMatchObject({
    verified: false,
    reason: 'is not as captured: to is 5, not 3',
  });
  expect(await dial.restore(8)).toMatchObject({
    drift: 'dial:volume was changed, but not by this rollout: to is 5, not 3',
  });
  expect(dial.to).toBe(3);
});

it('refuses a capture that is none of its own', async () => {
  const dial = await aDial();
  await expect(dial.restore(8, { at: 3 })).rejects.toMatchObject({
    name: 'Refusal',
    message: expect.stringContaining('to in capture of dial:volume'),
  });
});

it('keeps a step buried in all its older tries, and lets a new one work', async () => {
  const dial = await aDial();
  await dial.apply(8, 0);
  await dial.fence(8);
  await dial.apply(8, 1);
  await expect(dial.apply(8, 0)).rejects.toThrow('undone or fenced');
});

describe('a damaged book', () => {
  async function damaged(): Promise<Dial> {
    const dial = await aDial();
    await dial.apply(8);
    const names = await readdir(dial.directory, { recursive: true });
    const book = names.find((name) => name.endsWith('.json'))!;
    await writeFile(join(dial.directory, book), '{ "format": 1,');
    return dial;
  }

  it('stops the way forward', async () => {
    await expect((await damaged()).apply(9)).rejects.toThrow(/is not JSON; put it back from a backup/);
  });

  it('does not stop the way back', async () => {
    const restored = await damaged();
    await restored.restore(8);
    expect(restored.to).toBe(3);
    const undone = await damaged();
    await undone.undo(8, 3);
    expect(undone.to).toBe(3);
    expect(await (await damaged()).fence(8)).toEqual({ effect: 'some' });
  });
});
