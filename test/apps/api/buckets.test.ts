import { expect, it } from 'vitest';
import { createBuckets } from '../../../apps/api/limits/buckets.js';

it('takes so many at once, so many each second, and says when to come again', () => {
  let now = 0;
  const buckets = createBuckets({ burst: 3, perSecond: 2 }, () => now);
  for (let nth = 0; nth < 3; nth++) buckets.take('a');
  expect(() => buckets.take('a')).toThrow(/one too many; wait 1 s/);
  buckets.take('b');
  now = 500;
  buckets.take('a');
  expect(() => buckets.take('a')).toThrow(/one too many/);
  now = 60_000;
  for (let nth = 0; nth < 3; nth++) buckets.take('a');
  expect(() => buckets.take('a')).toThrow(/one too many/);
});
