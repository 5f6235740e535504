import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withLock } from '../../../src/app/local/lock.js';
import { freePorts } from '../../../src/app/local/ports.js';
import { scratchDirectory } from './scratch.js';

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
  await Promise.all([
    withLock(directory, () => sleep(500)),
    sleep(100).then(() =>
      withLock(
        directory,
        async () => undefined,
        (seconds) => waits.push(seconds),
      ),
    ),
  ]);
  expect(waits[0]).toBe(0);
});

test('ports chosen together differ', async () => {
  const ports = await freePorts(50);
  expect(new Set(ports).size).toBe(50);
});
