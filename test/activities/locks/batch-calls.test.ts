import { expect, it } from 'vitest';
import { batchCalls } from '../../../activities/locks/batch-calls.js';

/** Calls that wait until they are ended, and what each was asked. */
function openCalls() {
  const calls: (readonly number[])[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const call = (all: readonly number[]) => {
    calls.push(all);
    return new Promise<readonly string[]>((resolve, reject) =>
      ends.push((error) => (error ? reject(error) : resolve(all.map((number) => `answer ${number}`)))),
    );
  };
  const end = async (index: number, error?: Error) => {
    ends[index]?.(error);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { calls, call, end };
}

it('asks at once for the first, and for all who came meanwhile in one call after it, in their order', async () => {
  const { calls, call, end } = openCalls();
  const ask = batchCalls(call, { most: 3, turnWithin: 60_000 });
  const asked = Promise.all([1, 2, 3, 4, 5].map((number) => ask(number)));
  expect(calls).toEqual([[1]]);
  await end(0);
  expect(calls).toEqual([[1], [2, 3, 4]]);
  await end(1);
  expect(calls).toEqual([[1], [2, 3, 4], [5]]);
  await end(2);
  expect(await asked).toEqual([1, 2, 3, 4, 5].map((number) => `answer ${number}`));
  const later = ask(6);
  await end(3);
  expect(await later).toBe('answer 6');
});

it('tells everybody in a call that it failed, and goes on with the others', async () => {
  const { call, end } = openCalls();
  const ask = batchCalls(call, { most: 2, turnWithin: 60_000 });
  const asked = Promise.allSettled([1, 2, 3, 4].map((number) => ask(number)));
  await end(0);
  await end(1, new Error('the server is gone'));
  await end(2);
  expect((await asked).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
});

it('gives up when its turn does not come in time, and is asked for no more', async () => {
  const { calls, call, end } = openCalls();
  const ask = batchCalls(call, { most: 2, turnWithin: 20 });
  const first = ask(1);
  await expect(ask(2)).rejects.toThrow('its turn did not come in time');
  await end(0);
  expect(await first).toBe('answer 1');
  expect(calls).toEqual([[1]]);
});
