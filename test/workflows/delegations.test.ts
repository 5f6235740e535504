import { expect, it } from 'vitest';
import type { Delegating } from '../../src/protocol/locks.js';
import { delegate, endDelegation } from '../../workflows/locks/delegations.js';

const now = Date.UTC(2026, 10, 30, 12);
const day = 86_400_000;
const handOver: Delegating = { type: 'delegate', to: 'ben', gates: ['go'], until: now + day };
const said = (change: Partial<Delegating> = {}, signed = true) =>
  delegate({ ...handOver, ...change }, 'ana', signed, now).answer;
const refused = (reason: RegExp) => ({ accepted: false, reason: expect.stringMatching(reason) as string });

it('somebody hands their gates to somebody else for a while', () => {
  expect(said()).toEqual({
    accepted: true,
    reason: 'ben answers for ana at go, for 1d',
  });
  expect(said({ since: now + day / 2, gates: ['*'] })).toMatchObject({ accepted: true });
});

it.each<[string, Partial<Delegating>, RegExp]>([
  ['to themselves', { to: 'ana' }, /to themselves/],
  ['nothing', { gates: [] }, /names no gate/],
  ['what is over', { until: now - 1 }, /over before it begins/],
  ['what ends before it begins', { since: now + 2 * day }, /over before it begins/],
  ['for good', { until: now + 93 * day }, /more than 92 days/],
  ['until no time at all', { until: Number.MAX_VALUE }, /more than 92 days/],
])('and not %s', (_, change, why) => {
  expect(said(change)).toEqual(refused(why));
});

it('by a name alone nobody hands on anything', () => {
  expect(said({}, false)).toEqual(refused(/no door has signed it/));
});

it('only whoever made it ends it', async () => {
  const end = { type: 'end-delegation', delegation: 'd1', id: 'd2', by: 'ana', reason: 'back' } as const;
  expect((await endDelegation(end, 'ana')).answer).toMatchObject({ accepted: true });
  expect((await endDelegation(end, 'ben')).answer).toEqual(refused(/ben delegated that, and not ana/));
});
