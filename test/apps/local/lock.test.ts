import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withLock } from '../../../apps/local/lock.js';
import { freePorts } from '../../../apps/local/ports.js';
import { scratchDirectory } from './scratch.js';
import { eventually } from '../../support/eventually.js';

test('one at a time, also after a failure', async () => {
  const directory = await scratchDirectory();
  let inside = 0;
  let most = 0;
  const work = (fails: boolean) => async () => {
    most = Math.max(most, ++inside);
    await sleep(50);
    inside--;
    if (fails) throw new Error('failed');
    return 'done';
  };
  const results = await Promise.allSettled(
    [true, false, true, false].map((fails) => withLock(directory, work(fails))),
  );
  expect(most).toBe(1);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
});

test('who waits is told', async () => {
  const directory = await scratchDirectory();
  const waits: number[] = [];
  await withLock(directory, async () => {
    const waiting = withLock(
      directory,
      async () => undefined,
      (seconds) => waits.push(seconds),
    );
    await eventually(() => expect(waits).not.toEqual([]));
    // It is let in once this one has left: nobody waits for it here.
    waiting.catch(() => undefined);
  });
  expect(waits[0]).toBe(0);
});

test('ports chosen together differ', async () => {
  const ports = await freePorts(50);
  expect(new Set(ports).size).toBe(50);
});
