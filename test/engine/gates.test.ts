import { describe, expect, it } from 'vitest';
import type { Approval, Gate, Plan } from '../../src/engine/plan/plan.js';
import type { Message, Principal } from '../../src/engine/state/messages.js';
import type { Notice } from '../../src/engine/state/values.js';
import { statusReport } from '../../src/engine/tell/report.js';
import { run, type World } from '../support/world.js';
import { approves, type Person, type Write } from '../support/world/people.js';
import { act, byAction, gate, planOf, watch } from '../support/world/plans.js';

const within = 120_000;

function asking(more: Partial<Approval>, quorum = 1): Gate {
  const plain = gate('go', quorum, 'roll-back', within);
  return { ...plain, approval: { ...plain.approval, ...more } };
}

const planWith = (...gates: Gate[]): Plan =>
  planOf({ promote: [...gates, act('do/1', 'table:x', byAction), watch('1', 5_000)] });

/** After the gate opened. */
const then = (after: number, write: Write): Person => ({ on: 'gate-opened', nth: 1, after, write });
const answers = (id: string, by: Principal): Write => {
  const write = approves(id, by.name, by.groups);
  return (state) => {
    const message = write(state);
    return message && ({ ...message, by } as Message);
  };
};
const saidOf = ({ trace }: World, type: Parameters<World['trace']['events']>[0]) =>
  trace.events(type).map(({ event, at }) => ({ at, reason: event.reason, evidence: event.evidence }));
const notices = ({ trace }: World) => trace.calls('notify').map(({ input }) => input as Notice);
const openedAt = ({ trace }: World) => trace.events('gate-opened')[0]!.at;

describe('whoever is asked', () => {
  it('is told again before the deadline, once, and again when the deadline is put off', async () => {
    const world = await run(planWith(asking({ remind: 20_000 })), {
      people: [
        then(
          110_000,
          ({ gate: open }) =>
            open && {
              type: 'extend',
              id: 'later',
              by: { name: 'ann', groups: ['approvers'] },
              step: open.step,
              ms: 60_000,
            },
        ),
      ],
    });
    const opened = openedAt(world);
    expect(saidOf(world, 'gate-reminded').map(({ at }) => at - opened)).toEqual([100_000, 160_000]);
    expect(world.ended).toMatchObject({ cause: { type: 'expired' } });
    expect(world.trace.events('unwinding')[0]!.at - opened).toBe(180_000);
    expect(notices(world)).toContainEqual(
      expect.objectContaining({
        urgency: 'question',
        to: ['approvers'],
        text: expect.stringContaining('0 of 1') as string,
      }),
    );
  });

  it('shares it with another group after a while, which may answer from then on and not before', async () => {
    const lead = { name: 'lea', groups: ['leads'] };
    const world = await run(planWith(asking({ escalate: { to: 'leads', after: 30_000 } })), {
      people: [then(29_000, answers('early', lead)), then(30_000, answers('in time', lead))],
    });
    expect(saidOf(world, 'decision').map(({ evidence }) => evidence?.accepted)).toEqual([false, true]);
    expect(saidOf(world, 'gate-escalated')).toHaveLength(1);
    expect(notices(world)).toContainEqual(expect.objectContaining({ to: ['leads'] }));
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('is not told while nobody could answer: paused time comes on top', async () => {
    const by = { name: 'meg', groups: ['owners'] };
    const world = await run(planWith(asking({ remind: 20_000, escalate: { to: 'leads', after: 30_000 } })), {
      people: [
        then(10_000, () => ({ type: 'pause', id: 'p', by })),
        { on: 'paused', after: 500_000, write: () => ({ type: 'resume', id: 'r', by }) },
      ],
    });
    const opened = openedAt(world);
    expect(saidOf(world, 'gate-escalated').map(({ at }) => at - opened)).toEqual([530_000]);
    expect(saidOf(world, 'gate-reminded').map(({ at }) => at - opened)).toEqual([600_000]);
  });
});

describe('a comment', () => {
  it('stands in the journal, with who said it, and changes nothing', async () => {
    const guest = { name: 'gus', groups: [] };
    const world = await run(planWith(asking({})), {
      people: [
        then(1_000, () => ({ type: 'comment', id: 'c', by: guest, reason: 'looks slow to me' })),
        then(1_500, () => ({ type: 'comment', id: 'd', by: guest, reason: ' ' })),
        then(2_000, approves('a', 'ann', ['approvers'])),
      ],
    });
    const [comment, empty] = world.trace.events('decision').map(({ event }) => event);
    expect(comment).toMatchObject({
      by: 'gus',
      evidence: { decision: 'comment', accepted: true, reason: 'looks slow to me' },
    });
    expect(empty).toMatchObject({ evidence: { accepted: false, answer: 'a comment needs words' } });
    expect(world.ended).toMatchObject({ type: 'completed' });
  });
});

describe('people, not names', () => {
  it('whoever started it does not count with four eyes, also by a service of theirs, and counts without', async () => {
    const tess = { name: 'tess', groups: ['approvers'] };
    const robot = { name: 'robot', groups: ['approvers'], kind: 'service', person: 'tess' } as const;
    const people = [then(1_000, answers('1', tess)), then(2_000, answers('2', robot))];
    const four = await run(planWith(asking({ fourEyes: true, by: ['approvers', 'robot'] })), { people });
    expect(saidOf(four, 'decision').map(({ evidence }) => evidence?.answer)).toEqual([
      'tess started it: four eyes are asked for',
      'tess started it: four eyes are asked for',
    ]);
    const two = await run(planWith(asking({})), { people });
    expect(two.ended).toMatchObject({ type: 'completed' });
  });

  it('the starter may still reject', async () => {
    const reject: Write = ({ gate: open, digest }) =>
      open && {
        type: 'reject',
        id: '1',
        by: { name: 'tess', groups: ['approvers'] },
        step: open.step,
        epoch: open.epoch,
        digest,
      };
    const { ended } = await run(planWith(asking({ fourEyes: true })), { people: [then(1_000, reject)] });
    expect(ended).toMatchObject({ cause: { type: 'rejected' } });
  });

  it('a delegate uses up whom they answer for, and both names stand in the journal', async () => {
    const ann = { name: 'ann', groups: ['approvers'], kind: 'person' } as const;
    const dee = { name: 'dee', groups: [], kind: 'person', delegators: [{ ...ann, gates: ['go'] }] } as const;
    const world = await run(planWith(asking({}, 2)), {
      people: [
        then(1_000, answers('1', dee)),
        then(2_000, answers('2', ann)),
        then(3_000, answers('3', { name: 'bob', groups: ['approvers'], kind: 'person' })),
      ],
    });
    const decisions = world.trace.events('decision').map(({ event }) => event);
    expect(decisions.map(({ evidence }) => evidence?.accepted)).toEqual([true, false, true]);
    expect(decisions[0]).toMatchObject({ by: 'dee', evidence: { onBehalfOf: 'ann' } });
    expect(saidOf(world, 'gate-passed')[0]?.reason).toBe('approved by dee for ann, bob');
  });

  it('a delegation to another gate is none to this one', async () => {
    const dee = {
      name: 'dee',
      groups: [],
      delegators: [{ name: 'ann', groups: ['approvers'], gates: ['purge'] }],
    };
    const world = await run(planWith(asking({})), { people: [then(1_000, answers('1', dee))] });
    expect(saidOf(world, 'decision')[0]?.evidence).toMatchObject({ accepted: false });
  });
});

describe('a gate that nobody can open', () => {
  it('is refused before anything is changed', async () => {
    const able = [{ from: 0, people: ['ann'] }];
    const world = await run(planWith(gate('go', 2)), { house: { shared: true, able } });
    expect(world.ended).toMatchObject({
      type: 'refused',
      cause: { type: 'no-quorum', step: 'approve/go', reason: '2 needed, 1 can (ann)' },
    });
    expect(world.after()).toBe(world.before);
  });

  it('is refused when nobody can tell who could', async () => {
    const broken = { able: { times: 1_000, fails: 'before' } } as const;
    const { ended } = await run(planWith(gate('go')), { house: { shared: true }, behaviours: broken });
    expect(ended).toMatchObject({ type: 'refused', cause: { type: 'no-quorum' } });
  });

  it('is said at once when it becomes so later: when it asks, and with each reminder', async () => {
    const able = [
      { from: 0, people: ['ann', 'bob'] },
      { from: 60_000, people: ['ann'] },
    ];
    const world = await run(planWith(asking({ remind: 20_000 }, 2)), {
      house: { shared: true, able },
      people: [
        then(110_000, (state) => {
          expect(statusReport(planWith(asking({ remind: 20_000 }, 2)), state)).toMatchObject({
            gate: { quorum: 2, missing: 2, left: ['ann'], asks: ['approvers'] },
            why: {
              waitingFor: 'approve/go: 0 of 2 approvals; 2 more needed, 1 can (ann)',
              gate: { missing: 2 },
            },
          });
          return undefined;
        }),
      ],
    });
    expect(saidOf(world, 'no-quorum')).toMatchObject([
      { reason: '2 needed, 1 can (ann)', evidence: { needed: 2, able: ['ann'] } },
    ]);
    expect(notices(world)).toContainEqual(
      expect.objectContaining({
        urgency: 'incident',
        text: expect.stringContaining('nobody can open') as string,
      }),
    );
  });

  it('is not looked for where people are only names and nothing more is asked', async () => {
    const { trace } = await run(planWith(gate('go')), {
      people: [then(1_000, approves('1', 'ann', ['approvers']))],
    });
    expect(trace.calls('able', 'window')).toEqual([]);
  });
});
