import { expect, it } from 'vitest';
import { allOrNone, endAll } from '../../../apps/local/beginnings.js';

it('waits for what starts slowly when something else fails, so that it can be stopped', async () => {
  let up = false;
  const slow = new Promise<string>((resolve) =>
    setTimeout(() => {
      up = true;
      resolve('slow');
    }, 50),
  );
  await expect(allOrNone([Promise.reject(new Error('no space left')), slow])).rejects.toThrow(
    'no space left',
  );
  expect(up).toBe(true);
});

it('answers what every start answers', async () => {
  expect(await allOrNone([Promise.resolve(1), Promise.resolve('b')])).toEqual([1, 'b']);
});

it('ends everything, last first, also when one of them cannot be ended, and says so', async () => {
  const ended: string[] = [];
  const end = (name: string) => async () => void ended.push(name);
  const stuck = () => Promise.reject(new Error('still runs'));
  const started = [end('first'), stuck, end('last')];
  await expect(endAll(started)).rejects.toThrow('still runs');
  expect(ended).toEqual(['last', 'first']);
  await endAll(started);
  expect(ended).toHaveLength(2);
});
