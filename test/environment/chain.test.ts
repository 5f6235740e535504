import { describe, expect, it } from 'vitest';
import { ask, claimOf, noLocks, release } from '../../src/environment/locks/table.js';
import { pack, unpack } from '../../src/environment/sentinel/packed.js';
import { Roster } from '../../src/environment/sentinel/roster.js';
import type { Asking } from '../../src/protocol/locks.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import { believed } from '../../workflows/rollout/believed.js';
import { absolute, guardOf } from '../analysis/given.js';

const rollout = 'rollout/e/rename/k';
const strangers = [{}, { chain: 'guessed' }];

describe('the roster', () => {
  const own: Watched = {
    rollout,
    workflowId: rollout,
    chain: 'own',
    number: 1,
    percent: 5,
    since: 1,
    guards: [guardOf(absolute(0.01))],
    recorded: {},
  };
  const as = { number: 1, since: 1 };
  const { chain: _, ...anonymous } = own;

  it('lets nobody but a rollout itself change or end its subscription', () => {
    for (const stranger of strangers) {
      const roster = new Roster(pack([own]));
      expect(roster.remove({ rollout, ...stranger })).toBe('foreign');
      expect(roster.remove({ rollout, as, ...stranger })).toBe('foreign');
      expect(roster.add({ ...anonymous, ...stranger, since: 9, guards: [] })).toBe('foreign');
      expect(roster.mark({ rollout, as, at: 9, reason: 'terminated', ...stranger })).toBe('foreign');
      expect(unpack(roster.carry())).toEqual([own]);
    }
  });

  it('hears the rollout itself, and of one that never said its chain whoever speaks', () => {
    const roster = new Roster(pack([own]));
    expect(roster.add({ ...own, since: 2, percent: 25 })).toBe('taken');
    roster.remove({ rollout, chain: 'own' });
    expect(roster.size).toBe(0);
    roster.add(anonymous);
    roster.remove({ rollout });
    expect(roster.size).toBe(0);
  });

  it('lets a rescue end what an orphan has subscribed', () => {
    const roster = new Roster(pack([own]));
    roster.mark({ rollout, as, at: 9, reason: 'terminated', chain: 'own' });
    expect(roster.remove({ rollout, chain: 'of the rescue' })).toBeUndefined();
    expect(roster.size).toBe(0);
  });
});

describe('the locks', () => {
  const own: Asking = {
    rollout,
    chain: 'own',
    owner: 'team',
    scope: ['table:shop.customer'],
    wait: true,
    askedAt: 1,
  };
  const { table } = ask(noLocks, own, 1);

  it('give nothing back that its holder does not give back itself', () => {
    for (const stranger of strangers) {
      expect(release(table, { rollout, askedAt: 9, ...stranger }, 9)).toBe(table);
    }
    expect(claimOf(release(table, { rollout, askedAt: 9, chain: 'own' }, 9), rollout)).toBeUndefined();
  });

  it('answer nobody with the claim of another of the same name, and keep that as it was', () => {
    for (const stranger of strangers) {
      const { chain: _, ...anonymous } = own;
      const asked = ask(table, { ...anonymous, ...stranger, askedAt: 99 }, 9);
      expect(asked.answer).toMatchObject({
        status: 'refused',
        reason: expect.stringMatching(/under its name/),
      });
      expect(asked.table).toBe(table);
    }
    expect(ask(table, { ...own, askedAt: 2 }, 9).answer).toEqual({ status: 'granted' });
  });
});

describe('a rollout', () => {
  const reading = (guard: string, verdict: 'pass' | 'fail' | 'no-evidence') => ({
    guard,
    verdict,
    at: 1,
    reason: verdict,
  });
  const looks = [
    { target: 'flag:f', verdict: 'as-left', at: 1, reason: 'as it was left' },
    { target: 'flag:g', verdict: 'raised', at: 1, reason: 'by hand' },
  ] as const;
  const passes = {
    subscription: 1,
    readings: [reading('errors', 'pass'), reading('latency', 'no-evidence')],
  };

  it('believes whoever watches it', () => {
    expect(believed({ ...passes, chain: 'own', looks }, 'own')).toEqual({ ...passes, looks });
  });

  it('believes of anybody else what takes exposure back, and nothing that could open anything', () => {
    for (const stranger of strangers) {
      expect(believed({ ...passes, ...stranger, looks: looks.slice(0, 1) }, 'own')).toBeUndefined();
      const failed = { ...passes, readings: [...passes.readings, reading('errors', 'fail')], looks };
      expect(believed({ ...failed, ...stranger }, 'own')).toEqual({
        subscription: 1,
        readings: [reading('errors', 'fail')],
        looks: looks.slice(1),
      });
    }
  });
});
