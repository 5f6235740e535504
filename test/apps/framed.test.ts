import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Work } from '../../src/protocol/adapter.js';
import { Refusal } from '../../src/engine/base/errors.js';

/** What Temporal's context heard of the activity under way. */
const heard: unknown[] = [];
const cancellation = new AbortController();
vi.mock('@temporalio/activity', async (original) => ({
  ...(await original<object>()),
  Context: {
    current: () => ({
      cancellationSignal: cancellation.signal,
      heartbeat: (progress: unknown) => heard.push(progress),
    }),
  },
}));
const { framed } = await import('../../apps/worker/framed.js');

beforeEach(() => {
  vi.useFakeTimers();
  heard.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('says that the work lives, with the progress that it told last, and stops when that ends', async () => {
  const { count } = framed({
    async count({ to }: { readonly to: number }, { heartbeat }: Work) {
      await wait(1_100);
      heartbeat({ rows: to });
      await wait(1_100);
      return to;
    },
  });
  const counted = count({ to: 7 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await counted).toBe(7);
  expect(heard).toEqual([{}, { rows: 7 }, { rows: 7 }]);
});

it('hands it its cancellation', async () => {
  const { ask } = framed({ ask: (_: null, { signal }: Work) => Promise.resolve(signal) });
  expect(await ask(null)).toBe(cancellation.signal);
});

it('has a refusal not tried again, and anything else tried again', async () => {
  const { fail } = framed({ fail: (why: Error) => Promise.reject(why) });
  const refused = fail(new Refusal('flag f', 'does not exist', 'add it'));
  await expect(refused).rejects.toMatchObject({ type: 'Refusal', nonRetryable: true });
  await expect(refused).rejects.toThrow('flag f: does not exist; add it');
  const busy = new Error('busy');
  await expect(fail(busy)).rejects.toBe(busy);
});
