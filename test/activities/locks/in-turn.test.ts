import { expect, it } from 'vitest';
import { atMost } from '../../../activities/locks/in-turn.js';

it('lets so many work at once, the others in the order in which they came, and goes on after a failure', async () => {
  const inTurn = atMost(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3, 4].map((number) =>
    inTurn(Date.now() + 60_000, async () => {
      begun.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (number === 0) throw new Error('refused');
      return number;
    }),
  );
  const settled = Promise.allSettled(all);
  for (let ended = 0; ended < 5; ended++) {
    expect(begun).toEqual([0, 1, 2, 3, 4].slice(0, ended + 2));
    ends[ended]?.();
    await all[ended]?.catch(() => undefined);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', ...Array(4).fill('fulfilled')]);
});

it('gives up when its turn does not come in time, and lets the next one in its place', async () => {
  const inTurn = atMost(1);
  let end: () => void = () => undefined;
  const first = inTurn(Date.now() + 60_000, () => new Promise<void>((resolve) => (end = resolve)));
  const begun: string[] = [];
  const second = inTurn(Date.now(), () => Promise.resolve(begun.push('second')));
  const third = inTurn(Date.now() + 60_000, () => Promise.resolve(begun.push('third')));
  await expect(second).rejects.toThrow('its turn did not come in time');
  end();
  await Promise.all([first, third]);
  expect(begun).toEqual(['third']);
});
