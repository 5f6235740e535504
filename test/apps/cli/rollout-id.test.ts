import fc from 'fast-check';
import { expect, it } from 'vitest';
import { environmentIn, freshKey, matchingIds, partsOf, rolloutId } from '../../../apps/client/rollout-id.js';

const part = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);

it('an id gives its parts back', () => {
  fc.assert(
    fc.property(part, part, part, (environment, runbook, key) => {
      const parts = { environment, runbook, key };
      expect(partsOf(rolloutId(parts))).toEqual(parts);
    }),
  );
});

it('an id of locks, of a sentinel, or of the journal of a door, gives its environment, and nothing else does', () => {
  expect(environmentIn('locks/staging')).toBe('staging');
  expect(environmentIn('sentinel/staging')).toBe('staging');
  expect(environmentIn('slack/staging/2026-12')).toBe('staging');
  for (const id of [
    'slack/staging',
    'slack/a/2026',
    'slack/a/b/2026-12',
    'locks',
    'locks/',
    'locks/a/b',
    'rollout/a/b/c',
    'staging',
  ])
    expect(environmentIn(id)).toBeUndefined();
});

it('a key is the time in UTC and a little chance', () => {
  expect(freshKey(new Date(Date.UTC(2026, 10, 23, 10, 15)))).toMatch(/^20261123t101500z-[0-9a-f]{4}$/);
});

it('whole parts are meant before mere endings', () => {
  const ids = ['rollout/local/a/k1', 'rollout/local/b/k1', 'rollout/local/b/xk1', 'rollout/local/b/z9'];
  expect(matchingIds('rollout/local/a/k1', ids)).toEqual(['rollout/local/a/k1']);
  expect(matchingIds('a/k1', ids)).toEqual(['rollout/local/a/k1']);
  expect(matchingIds('k1', ids)).toEqual(['rollout/local/a/k1', 'rollout/local/b/k1']);
  expect(matchingIds('9', ids)).toEqual(['rollout/local/b/z9']);
  expect(matchingIds('', ids)).toEqual([]);
  expect(matchingIds('k2', ids)).toEqual([]);
});
