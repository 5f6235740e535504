import { describe, expect, it } from 'vitest';
import * as locks from '../../src/environment/locks/table.js';
import type { Target } from '../../src/engine/plan/plan.js';
import type { Asking } from '../../src/protocol/locks.js';

describe('a request that comes late', () => {
  const one = { rollout: 'one', owner: 'team', scope: ['flag:a'] as Target[], wait: true, askedAt: 10 };

  it('does not acquire again what was released since', () => {
    const released = locks.release(
      locks.ask(locks.noLocks, one, 11).table,
      { rollout: 'one', askedAt: 20 },
      21,
    );
    const late = locks.ask(released, one, 22);
    expect(late.answer).toMatchObject({ status: 'refused', reason: /released since/ as unknown as string });
    expect(late.table).toBe(released);
  });

  it('does not acquire at all when the release was heard first', () => {
    const released = locks.release(locks.noLocks, { rollout: 'one', askedAt: 20 }, 21);
    expect(locks.ask(released, one, 22).answer.status).toBe('refused');
  });

  it('acquires anew for a run that was reset after the release, and a late release does not take it away', () => {
    const release = { rollout: 'one', askedAt: 20 };
    const released = locks.release(locks.ask(locks.noLocks, one, 11).table, release, 21);
    const reset = locks.ask(released, { ...one, askedAt: 30 }, 31);
    expect(reset.answer).toEqual({ status: 'granted' });
    expect(locks.release(reset.table, release, 32)).toBe(reset.table);
    expect(locks.release(reset.table, { rollout: 'one', askedAt: 40 }, 41).holders).toEqual([]);
  });
});

describe('whether a rollout that was reset has its scope still', () => {
  const one: Asking = { rollout: 'one', owner: 'team', scope: ['flag:a'], wait: true, askedAt: 1 };
  const held = locks.ask(locks.noLocks, one, 1).table;
  const holds = { ...one, askedAt: 5, holds: true as const };

  it('is granted while it has, also when its workflow had been ended from outside', () => {
    for (const table of [held, locks.orphan(held, 'one', 'terminated', 2)]) {
      const { answer, table: after } = locks.ask(table, holds, 5);
      expect(answer).toEqual({ status: 'granted' });
      expect(after.holders).toEqual([{ ...held.holders[0], askedAt: 5 }]);
    }
  });

  it('is refused, and nothing asked for, once a rescue had it or somebody took it over', () => {
    const orphaned = locks.orphan(held, 'one', 'terminated', 2);
    const rescue = { ...one, rollout: 'rescue', reverts: 'one', askedAt: 3 };
    const rescued = locks.release(locks.ask(orphaned, rescue, 3).table, { rollout: 'rescue', askedAt: 4 }, 4);
    for (const table of [rescued, locks.takeOver(orphaned, 'one', 3)]) {
      const { answer, table: after } = locks.ask(table, holds, 5);
      expect(answer).toMatchObject({ status: 'refused', reason: expect.stringContaining('any more') });
      expect(after).toBe(table);
    }
  });
});

describe('an orphaned lock', () => {
  const claim = (rollout: string, more: Partial<Asking> = {}) => ({
    rollout,
    owner: 'team',
    scope: ['flag:a'] as Target[],
    wait: true,
    askedAt: 1,
    ...more,
  });
  const held = locks.ask(locks.noLocks, claim('one'), 1).table;
  const orphaned = locks.orphan(locks.ask(held, claim('two'), 2).table, 'one', 'terminated', 3);

  it('stays, and whoever waits for it hears that it is one', () => {
    expect(orphaned.holders).toMatchObject([{ rollout: 'one', orphaned: { at: 3, reason: 'terminated' } }]);
    expect(locks.answerOf(orphaned, 'two')).toMatchObject({ behind: [{ rollout: 'one', orphaned: true }] });
  });

  it('ends by a take-over, and the next in line has it', () => {
    expect(locks.takeOver(orphaned, 'one', 4).holders).toMatchObject([{ rollout: 'two', since: 4 }]);
    expect(locks.takeOver(held, 'one', 4)).toBe(held);
  });

  it('passes over to the rollout that takes it back, before those in line, also in a stopped environment', () => {
    const stopped = locks.stop(orphaned, { at: 4, by: 'ana', reason: 'smoke' });
    for (const table of [orphaned, stopped]) {
      const rescue = locks.ask(table, claim('rescue', { reverts: 'one' }), 5);
      expect(rescue.answer).toEqual({ status: 'granted' });
      expect(rescue.table.holders).toMatchObject([{ rollout: 'rescue' }]);
    }
  });

  it('passes over also when it becomes known only while that rollout waits', () => {
    const waiting = locks.ask(locks.ask(held, claim('two'), 2).table, claim('rescue', { reverts: 'one' }), 3);
    expect(waiting.answer.status).toBe('queued');
    const table = locks.orphan(waiting.table, 'one', 'terminated', 4);
    expect(table.holders).toMatchObject([{ rollout: 'rescue' }]);
    expect(table.line).toMatchObject([{ rollout: 'two' }]);
  });

  it('is none any more when its workflow lives again', () => {
    expect(locks.adopt(orphaned, 'one').holders[0]).not.toHaveProperty('orphaned');
    expect(locks.ask(orphaned, claim('one', { askedAt: 9 }), 9).table.holders[0]).not.toHaveProperty(
      'orphaned',
    );
  });
});

describe('a stopped environment', () => {
  const stopped = { at: 5, by: 'ana', reason: 'smoke' };
  const claim = (rollout: string) => ({
    rollout,
    owner: 'team',
    scope: ['flag:a'] as Target[],
    wait: true,
    askedAt: 1,
  });

  it('refuses those who ask and those in line, and leaves those who hold', () => {
    const before = locks.ask(locks.ask(locks.noLocks, claim('one'), 1).table, claim('two'), 2).table;
    const after = locks.stop(before, stopped);
    expect(after.line).toEqual([]);
    expect(locks.news(before, after)).toEqual([
      { rollout: 'two', answer: { status: 'refused', reason: 'the environment is stopped by ana: smoke' } },
    ]);
    expect(locks.ask(after, claim('one'), 6).answer).toEqual({ status: 'granted' });
    expect(locks.ask(after, claim('three'), 6).answer.status).toBe('refused');
    expect(locks.ask(locks.lift(after), claim('three'), 7).answer.status).toBe('queued');
  });
});
