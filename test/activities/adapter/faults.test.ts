import { describe, expect, it } from 'vitest';
import type { Book } from '../../../activities/adapter/book.js';
import { booksInMemory, type BookStore } from '../../../activities/adapter/index.js';
import { notRaised } from '../../../activities/adapter/not-raised.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import { work } from '../../../src/testing/index.js';
import { aDial, keyOf, rollout, turning, type Dial, type Fault } from './given.js';
import { eventually } from '../../support/eventually.js';

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

it('never raises what a person lowered, however often it is asked to restore it', async () => {
  const dial = await aDial();
  await dial.apply(8);
  dial.to = 1;
  const { drift } = await dial.restore(8);
  expect(drift).toBe(
    'dial:volume was changed, but not by this rollout: to is 1, not 8; what was lowered is left so: to is 1, not 3',
  );
  expect(dial.to).toBe(1);
  expect((await dial.restore(8)).drift).toBe(drift);
  await dial.adapter.restore(
    turning(9),
    { target: 'dial:volume', at: 0, state: { to: 3 } },
    keyOf(9),
    work(),
  );
  expect(dial.to).toBe(1);
  // Whether it may be raised is asked, and whoever may does so by hand.
  expect(await dial.verify(8)).toMatchObject({
    verified: false,
    reason: 'is not as captured: to is 1, not 3',
  });
  dial.to = 3;
  expect(await dial.verify(8)).toMatchObject({ verified: true });
});

it('raises what its own act lowered', async () => {
  const dial = await aDial();
  await dial.apply(1);
  await dial.restore(1);
  expect(dial.to).toBe(3);
});

it.each<[string, JsonObject, JsonObject, JsonObject, JsonObject]>([
  ['a number', { n: 1 }, { n: 4 }, { n: 8 }, { n: 1 }],
  ['a number that is not below the capture', { n: 6 }, { n: 4 }, { n: 8 }, { n: 4 }],
  ['a switch', { on: false }, { on: true }, { on: true }, { on: false }],
  ['a switch turned on', { on: true }, { on: false }, { on: false }, { on: false }],
  [
    'a member of a member',
    { a: { n: 1, m: 2 } },
    { a: { n: 4, m: 3 } },
    { a: { n: 8, m: 2 } },
    { a: { n: 1, m: 3 } },
  ],
  ['text, of which nobody can tell', { s: 'x' }, { s: 'a' }, { s: 'b' }, { s: 'a' }],
  ['what the rollout itself lowered', { n: 1 }, { n: 4 }, { n: 1 }, { n: 4 }],
])('takes for lowered: %s', (_, present, captured, left, wanted) => {
  expect(notRaised(present, captured, left)).toEqual(wanted);
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

describe('a book that cannot be read', () => {
  async function damaged(): Promise<Dial> {
    const dial = await aDial();
    await dial.apply(8);
    const book = await dial.books.open({ rollout, target: 'dial:volume' }, work().signal);
    await book.save({ format: 2 });
    await book.close();
    return dial;
  }

  it('stops the way forward', async () => {
    await expect((await damaged()).apply(9)).rejects.toThrow(
      /is none that this build can read; put it back from a backup/,
    );
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

describe('a store that does not answer', () => {
  /** Books that can be taken away, before they are opened or while they are open. */
  function losable() {
    const kept = booksInMemory();
    const store = { away: false, awayOnSave: false };
    const silent = () => Promise.reject(new Error('the store does not answer'));
    const books: BookStore = {
      async open(of, signal) {
        if (store.away) return silent();
        const open = await kept.open(of, signal);
        return { ...open, save: (book) => (store.away || store.awayOnSave ? silent() : open.save(book)) };
      },
    };
    return { store, books };
  }

  it('stops the way forward before anything is done', async () => {
    const { store, books } = losable();
    const dial = await aDial(books);
    store.away = true;
    await expect(dial.apply(8)).rejects.toThrow('does not answer');
    store.away = false;
    store.awayOnSave = true;
    await expect(dial.apply(8)).rejects.toThrow('does not answer');
    expect([dial.to, dial.calls]).toEqual([3, 0]);
  });

  it.each<[string, 'away' | 'awayOnSave', (dial: Dial) => Promise<unknown>]>([
    ['restore', 'away', (dial) => dial.restore(8)],
    ['undo', 'away', (dial) => dial.undo(8, 3)],
    ['restore, begun before', 'awayOnSave', (dial) => dial.restore(8)],
  ])('does not stop %s, and no act comes after it once it answers again', async (_, lost, back) => {
    const { store, books } = losable();
    const dial = await aDial(books);
    await dial.apply(8);
    store[lost] = true;
    await back(dial);
    expect(dial.to).toBe(3);
    store[lost] = false;
    const isClosed = async () => {
      const book = await books.open({ rollout, target: 'dial:volume' }, work().signal);
      await book.close();
      const { tombstones, closedUpTo } = book.content as Book;
      expect(tombstones.length + (closedUpTo ?? -1)).toBeGreaterThanOrEqual(0);
    };
    await eventually(isClosed);
    await expect(dial.apply(8)).rejects.toThrow(/was restored|undone or fenced/);
    expect(dial.to).toBe(3);
  });

  it('fences nothing, and says that there may be an effect', async () => {
    const { store, books } = losable();
    const dial = await aDial(books);
    store.away = true;
    expect(await dial.fence(8)).toEqual({ effect: 'some' });
  });
});
