import { describe, expect, it } from 'vitest';
import { ask, enter, noLocks, orphan, release, stop } from '../../src/environment/locks/table.js';
import { decisionsNow } from '../../src/engine/decide/admit.js';
import { evidenceKept, type Plan } from '../../src/engine/plan/plan.js';
import { initialState } from '../../src/engine/state/state.js';
import { run, type Script } from '../support/world.js';
import { resolves, type Person } from '../support/world/people.js';
import { act, byAction, expose, planOf, watch } from '../support/world/plans.js';
import type { Asking } from '../../src/protocol/locks.js';

const meg = { name: 'meg', groups: ['owners'] };
const halts = (when: Pick<Person, 'on' | 'nth' | 'after'>): Person => ({
  ...when,
  write: () => ({ type: 'halt', id: 'halt', by: meg, reason: 'enough' }),
});
const toZero: Person = {
  on: 'watch-started',
  nth: 1,
  after: 5_000,
  write: () => ({ type: 'pause', exposure: 'zero', id: 'zero', by: meg, reason: 'tested' }),
};
const rising = planOf({ canary: [expose('a', 5), watch('1'), expose('a', 25), watch('2')] });

describe('what operators do at the worst moment', () => {
  it('a halt while a retreat reads its last flag ends it there, and is not kept for later', async () => {
    const { ended, state } = await run(rising, {
      people: [toZero, halts({ on: 'undone', nth: 1, after: 100 })],
      behaviours: { verify: { takes: 3_000 } },
    });
    expect(ended).toMatchObject({ type: 'halted', reason: expect.stringContaining('enough') });
    expect(state.exposure).toBe(0);
  });

  it.each(['release', 'unsubscribe'])(
    'a hold whose deadline passes during the last %s wakes nobody',
    async (verb) => {
      const script: Script = {
        sentinel: { outages: [{ from: 12_000, to: Infinity, told: true }] },
        people: [halts({ on: 'hold', nth: 1, after: 1_000 })],
        behaviours: { [verb]: { takes: 50_000 } },
        rescued: false,
      };
      expect((await run(rising, script)).ended).toMatchObject({ type: 'halted' });
    },
  );

  it('a retreat while an exposure is only announced leaves nobody exposed, and says so', async () => {
    const { state, trace } = await run(rising, {
      behaviours: { subscribe: { spares: 1, times: 5 } },
      people: [
        {
          on: 'hold',
          nth: 1,
          after: 10,
          write: () => ({ type: 'pause', exposure: 'zero', id: 'zero', by: meg, reason: 'tested' }),
        },
        halts({ on: 'retreated', nth: 1, after: 1_000 }),
      ],
    });
    expect(trace.events('retreated')).toHaveLength(1);
    expect(trace.events('act-started')).toEqual([]);
    expect(state.exposure).toBe(0);
  });

  it('an extension may use up what evidence is kept for, and not a millisecond more', async () => {
    const extendsBy = (id: string, ms: number): Person => ({
      on: 'watch-started',
      nth: 1,
      after: 1_000,
      write: ({ watch: open }) => open && { type: 'extend', id, by: meg, step: open.step, ms },
    });
    const people = [extendsBy('most', evidenceKept - 20_000), extendsBy('more', 1)];
    const { state } = await run(rising, { people: [...people, halts({ after: 20_000 })] });
    expect(state.decisions.most).toMatchObject({ accepted: true });
    expect(state.decisions.more).toEqual({
      accepted: false,
      reason: 'evidence is kept for 100d: it can last 0ms longer at most',
    });

    const unguarded = planOf({ expand: [watch('1')] }, []);
    const free = await run(unguarded, { people: [...people, halts({ after: 20_000 })] });
    expect(free.state.decisions.more).toMatchObject({ accepted: true });
  });

  it('a skip of a failed act that is put back by its capture leaves it to be put back', async () => {
    const restored = act('do/1', 'table:x', { type: 'restore' }, { onFailure: 'ask' });
    const plan = planOf({ expand: [restored, watch('1')] }, []);
    const { ended, before, after, trace } = await run(plan, {
      behaviours: { 'apply do/1': { fails: 'after', times: Infinity } },
      people: [
        { on: 'needs-operator', after: 1_000, write: resolves('skip', 'skip') },
        {
          on: 'watch-started',
          after: 1_000,
          write: () => ({ type: 'abort', id: 'abort', by: meg, reason: 'tested' }),
        },
      ],
    });
    expect(ended).toMatchObject({ type: 'rolled-back' });
    expect(trace.calls('restore').map(({ step }) => step)).toEqual(['do/1']);
    expect(after()).toBe(before);
  });

  it('a halt of an undo that failed waits for the act that still runs, before it lets the scope go', async () => {
    const plan: Plan = planOf({
      canary: [expose('a', 5), watch('1', 5_000)],
      promote: [act('do/1', 'table:x', byAction), watch('2')],
    });
    const { ended, trace } = await run(plan, {
      behaviours: {
        'apply do/1': { takes: 50_000, cancel: 'ignores' },
        'restore expose/a/5': { fails: 'before', times: Infinity },
      },
      people: [
        {
          on: 'act-started',
          nth: 2,
          after: 1_000,
          write: () => ({ type: 'abort', id: 'abort', by: meg, reason: 'x' }),
        },
        { on: 'needs-operator', nth: 1, after: 0, write: resolves('halt', 'halt') },
      ],
    });
    expect(ended).toMatchObject({ type: 'halted' });
    const [applied] = trace.ends('apply').filter(({ step }) => step === 'do/1');
    expect(applied!.index).toBeLessThan(trace.calls('release')[0]!.index);
  });

  it('a watch without guards is not cut below what the plan keeps', async () => {
    const early = { by: ['owners'], after: 15_000 };
    const { trace } = await run(planOf({ expand: [watch('1', 60_000, { early })] }, []), {
      people: [
        {
          on: 'watch-started',
          after: 2_000,
          write: ({ watch: open }) => open && { type: 'advance', id: 'a', by: meg, step: open.step },
        },
      ],
    });
    const [began, passed] = trace.events('watch-started', 'watch-passed');
    expect(passed!.at - began!.at).toBe(15_000);
  });
});

it('does not let a pause hold up a rollout that takes another one back', () => {
  const reverts = { rollout: 'r', kind: 'rescue', by: 'meg', reason: 'tested' } as const;
  const state = initialState(rising, {
    rollout: 'r2',
    environment: 'e',
    digest: 'd',
    startedBy: 'meg',
    reverts: reverts,
  });
  state.exposure = 5;
  expect(decisionsNow(rising, state)).toEqual(['abort']);
});

describe('locks around a rescue', () => {
  const asking = (rollout: string, more: Partial<Asking> = {}): Asking => ({
    rollout,
    owner: 'o',
    scope: ['table:x'],
    wait: true,
    askedAt: 1,
    ...more,
  });
  const orphaned = orphan(ask(noLocks, asking('old'), 1).table, 'old', 'terminated', 2);
  const rescued = ask(orphaned, asking('rescue', { reverts: 'old' }), 3).table;

  it('gives the orphan its lock back when nothing was taken back, and frees it otherwise', () => {
    const failed = release(rescued, { rollout: 'rescue', askedAt: 4, handsBack: true }, 4);
    expect(failed.holders).toMatchObject([{ rollout: 'old', orphaned: { reason: 'terminated' } }]);
    expect(release(rescued, { rollout: 'rescue', askedAt: 4 }, 4).holders).toEqual([]);
  });

  it('passes the lock of a rescue that was terminated on to the next', () => {
    const twice = orphan(rescued, 'rescue', 'terminated too', 4);
    const { answer, table } = ask(twice, asking('again', { reverts: 'old' }), 5);
    expect(answer).toEqual({ status: 'granted' });
    const back = release(table, { rollout: 'again', askedAt: 6, handsBack: true }, 6);
    expect(back.holders).toMatchObject([{ rollout: 'old' }]);
  });

  it('takes down who holds already, though the environment is stopped', () => {
    const stopped = stop(noLocks, { at: 1, by: 'meg', reason: 'fire' });
    const found = enter(stopped, asking('old'), 2);
    expect(found).toMatchObject({ holders: [{ rollout: 'old' }], stopped: { by: 'meg' } });
  });
});
