import { expect, it } from 'vitest';
import { awaitWorker } from '../../../apps/client/await-worker.js';
import { absence, type Workers } from '../../../apps/client/workers.js';

const nobody: Workers = { seenAt: new Map() };
const somebody: Workers = { seenAt: new Map([['one', Date.now()]]), current: 'one' };
const open = new AbortController().signal;

/** Looks that see one of these after the other, and the last for ever. */
function looks(...seen: readonly Workers[]) {
  let at = 0;
  return { look: () => Promise.resolve(seen[Math.min(at++, seen.length - 1)]!), count: () => at };
}

it('a worker of which the server hears a moment later is waited for', async () => {
  const { look, count } = looks(nobody, { seenAt: new Map(), current: 'one' }, somebody);
  expect(await awaitWorker(look, open)).toBe(somebody);
  expect(count()).toBe(3);
});

it('one that it knows is not', async () => {
  const { look, count } = looks(somebody);
  expect(await awaitWorker(look, open)).toBe(somebody);
  expect(count()).toBe(1);
});

it('that nobody came is seen after several looks, and said then', async () => {
  const { look, count } = looks(nobody);
  const workers = await awaitWorker(look, open);
  expect(count()).toBeGreaterThan(1);
  expect(absence('', 'staging', undefined, workers).reason).toBe('no worker of environment staging runs');
});

it('and nobody is waited for over a connection that closes', async () => {
  const closing = new AbortController();
  const look = () => {
    closing.abort();
    return Promise.resolve(nobody);
  };
  await expect(awaitWorker(look, closing.signal)).rejects.toMatchObject({ name: 'AbortError' });
});
