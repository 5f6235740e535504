import { describe, expect, it } from 'vitest';
import { answerTo } from '../../src/engine/decide/decisions.js';
import { run } from '../support/world.js';
import { approves, resolves, type Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';

const quorum = 2;
const within = 120_000;
const plan = planOf({
  canary: [expose('a', 5), watch('1', 5_000)],
  promote: [gate('go', quorum, 'halt', within), act('do/1', 'table:x', byAction), watch('2', 5_000)],
});

describe('rule 8: approvals, case by case', () => {
  it('takes a decision that comes at the deadline before the deadline passes', async () => {
    const people: Person[] = [
      { on: 'gate-opened', after: 1_000, write: approves('1', 'ann', ['approvers']) },
      { on: 'gate-opened', after: within, write: approves('2', 'bob', ['approvers']) },
    ];
    const { ended } = await run(plan, { people });
    expect(ended).toMatchObject({ type: 'completed' });
  });

  it('counts a decision whose id comes twice once, also when the second says something else', async () => {
    const people: Person[] = [
      { on: 'gate-opened', after: 1_000, write: approves('1', 'ann', ['approvers']) },
      { on: 'gate-opened', after: 2_000, write: approves('1', 'bob', ['approvers']) },
    ];
    const { trace } = await run(plan, { people });
    expect(trace.events('decision').filter(({ event }) => event.evidence?.id === '1')).toHaveLength(1);
    expect(trace.events('gate-passed')).toEqual([]);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'answers a decision with the id %s, once',
    async (id) => {
      const abort = { type: 'abort', id, by: { name: 'tom', groups: ['owners'] } } as const;
      const { state, trace, ended } = await run(plan, {
        people: [
          { after: 4_000, write: () => abort },
          { after: 4_100, write: () => abort },
        ],
      });
      expect(ended).toMatchObject({ type: 'rolled-back' });
      expect(Object.hasOwn(state.decisions, id)).toBe(true);
      expect(trace.events('decision')).toHaveLength(1);
    },
  );

  it('never opens a gate again under an epoch it had before', async () => {
    const purge = act('purge/1', 'table:x', { type: 'irreversible', because: 'it is gone' });
    const long = planOf({
      canary: [expose('a', 5), watch('1', 5_000)],
      contract: [gate('purge'), purge, gate('more', 2, 'halt', 600_000), watch('2')],
    });
    const { trace } = await run(long, {
      people: [
        { on: 'gate-opened', nth: 1, after: 1_000, write: approves('1', 'ann', ['approvers']) },
        {
          on: 'gate-opened',
          nth: 2,
          after: 5_000,
          write: () => ({ type: 'abort', id: 'a', by: { name: 'tom', groups: ['owners'] } }),
        },
        { on: 'needs-operator', nth: 1, after: 1_000, write: resolves('r', 'retry') },
        // Written before the abort, arriving after the retry.
        {
          on: 'gate-opened',
          nth: 2,
          after: 10_000,
          looks: 'then',
          write: approves('late', 'ann', ['approvers']),
        },
        {
          on: 'gate-opened',
          nth: 2,
          after: 11_000,
          looks: 'then',
          write: approves('later', 'bob', ['approvers']),
        },
        { on: 'gate-opened', nth: 3, after: 60_000, write: () => ({ type: 'cancel', reason: 'enough' }) },
        { on: 'needs-operator', nth: 2, after: 1_000, write: resolves('h', 'halt') },
      ],
    });
    const epochs = trace
      .events('gate-opened')
      .filter(({ event }) => event.step === 'approve/more')
      .map(({ event }) => event.epoch);
    expect(epochs).toHaveLength(2);
    expect(epochs[1]).toBeGreaterThan(epochs[0]!);
    expect(trace.events('gate-passed')).toHaveLength(1);
  });

  it('asks again when a hold comes between an approval and the act it was given for', async () => {
    const late = planOf({
      canary: [expose('a', 5), watch('1', 5_000)],
      promote: [gate('go', 1, 'roll-back', 600_000), act('do/1', 'table:x', byAction), watch('2', 5_000)],
    });
    const { trace } = await run(late, {
      people: [{ on: 'gate-opened', nth: 1, after: 1_000, write: approves('1', 'ann', ['approvers']) }],
      behaviours: { 'capture do/1': { takes: 20_000 } },
      sentinel: {
        turns: [
          { at: 22_000, guard: 0, verdict: 'inconclusive' },
          { at: 60_000, guard: 0, verdict: 'pass' },
        ],
      },
    });
    expect(trace.events('hold').length).toBeGreaterThan(0);
    expect(trace.calls('apply').map(({ step }) => step)).not.toContain('do/1');
    expect(trace.events('gate-opened')).toHaveLength(2);
  });

  it('answers a decision about a gate that is not open by naming what is', async () => {
    const early = approves('1', 'ann', ['approvers']);
    const { state } = await run(plan, {
      people: [
        {
          on: 'watch-started',
          nth: 1,
          after: 1_000,
          write: (now) =>
            early({ ...now, gate: { step: 'approve/go', epoch: 0, since: 0, deadline: 0, approvals: [] } }),
        },
      ],
    });
    expect(answerTo(state, '1')).toEqual({
      accepted: false,
      reason: 'no gate is open now (it is watching; possible now: abort, pause, extend, halt)',
    });
  });
});
