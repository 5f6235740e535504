import { describe, expect, it } from 'vitest';
import type { Watch } from '../../src/engine/plan/plan.js';
import { run, Stranded, type World } from '../support/world.js';
import { approves } from '../support/world/people.js';
import {
  act,
  byAction,
  deadlines,
  expose,
  gate,
  guard,
  interval,
  planOf,
  watch,
} from '../support/world/plans.js';
import { demand, everyRun } from '../support/world/property.js';
import type { Subscription } from '../../src/engine/state/values.js';

/** Milliseconds between two moments in which a guard could not be seen, or showed neither pass nor fail; and how often. */
function blindness({ sentinel }: World, guardIndex: number, from: number, to: number) {
  const grain = 100;
  let blind = 0;
  let spells = 0;
  let was = false;
  for (let at = from; at < to; at += grain) {
    const now = sentinel.truth(guardIndex, at) !== 'pass';
    if (now) blind += grain;
    if (now && !was) spells += 1;
    was = now;
  }
  return { blind, spells };
}

/** What the plan asks for, with what people made longer, or cut to what the plan lets them. */
function neededLength({ trace, state }: World, watch: Watch, from: number, to: number): number {
  const accepted = trace.of('taken').flatMap(({ index, message }) => {
    const counts = index > from && index < to && 'id' in message && state.decisions[message.id]?.accepted;
    return counts ? [message] : [];
  });
  const added = accepted.flatMap((message) => (message.type === 'extend' ? [message.ms] : []));
  const whole = added.reduce((sum, ms) => sum + ms, watch.for);
  const advanced = accepted.some(({ type }) => type === 'advance');
  return advanced ? Math.min(whole, watch.early!.after) : whole;
}

describe('rule 7: no data is no-evidence, never a pass', () => {
  it('passes a watch only after its whole length of good evidence from every guard (600 runs)', async () => {
    const counts = await everyRun({ runs: 600, script: { trouble: false } }, (world) => {
      const { trace, plan } = world;
      const seen: string[] = [];
      for (const passed of trace.events('watch-passed')) {
        const began = trace
          .events('watch-started')
          .findLast(({ index, event }) => index < passed.index && event.step === passed.event.step)!;
        const step = Object.values(plan.phases)
          .flat()
          .find(({ id }) => id === passed.event.step);
        const length = step?.type === 'watch' ? neededLength(world, step, began.index, passed.index) : 0;
        plan.guards.forEach((_guard, index) => {
          const { blind, spells } = blindness(world, index, began.at, passed.at);
          // Up to two and a half intervals between readings are forgiven, at each end of a spell.
          const forgiven = spells * 3 * interval;
          expect(passed.at - began.at - blind + forgiven, 'good evidence').toBeGreaterThanOrEqual(length);
          seen.push(spells > 0 ? 'passed with gaps' : 'passed');
        });
      }
      return seen;
    });
    demand(counts, { passed: 50, 'passed with gaps': 1 });
  });

  it('starts no act, passes no watch and opens no gate during a hold (600 runs)', async () => {
    const counts = await everyRun({ runs: 600 }, ({ trace }) => {
      let held = false;
      let holds = 0;
      for (const entry of trace.entries) {
        if (entry.type === 'event') {
          const { type } = entry.event;
          if (type === 'hold') holds += 1;
          if (type === 'hold') held = true;
          if (type === 'hold-cleared' || type === 'unwinding' || type === 'needs-operator') held = false;
          if (held) expect(['act-started', 'watch-passed', 'gate-passed']).not.toContain(type);
        }
        if (entry.type === 'call' && entry.verb === 'apply')
          expect(entry.held, 'held at an apply').toBe(false);
      }
      return holds > 0 ? ['held'] : [];
    });
    demand(counts, { held: 20 });
  });

  it('asks at the first deadline of a hold, and rolls back at the second when users are exposed (600 runs)', async () => {
    const counts = await everyRun({ runs: 600, plan: { usualReactions: true } }, ({ trace, state }) => {
      const seen: string[] = [];
      for (const hold of trace.events('hold')) {
        const over = trace
          .of('event')
          .find(
            ({ index, event }) =>
              index > hold.index &&
              (['hold-cleared', 'unwinding', 'retreating', 'needs-operator', 'breach', 'ended'].includes(
                event.type,
              ) ||
                event.reason.startsWith('halt: accepted')),
          );
        const until = over?.at ?? Infinity;
        const asked = trace.events('question').find(({ index }) => index > hold.index);
        if (until > hold.at + deadlines.ask) {
          expect(asked?.at, 'asked at the deadline').toBe(hold.at + deadlines.ask);
          seen.push('asked');
        }
        if (state.unwinding?.cause.type === 'hold-expired' && over?.event.type === 'unwinding') {
          expect(over.at).toBe(hold.at + deadlines.giveUp);
          seen.push('gave up');
        } else if (Number.isFinite(until)) {
          const exposed = trace.of('taken').some(({ index, exposure }) => index < hold.index && exposure > 0);
          if (exposed)
            expect(until - hold.at, 'no hold outlasts its deadline').toBeLessThanOrEqual(deadlines.giveUp);
        }
      }
      return seen;
    });
    demand(counts, { asked: 5, 'gave up': 3 });
  });

  it.each([true, false])(
    'never passes a watch under a sentinel that is silent for ever (told: %s)',
    async (told) => {
      const plan = planOf({ canary: [expose('a', 5), watch('1')] });
      const { ended, trace } = await run(plan, {
        sentinel: { outages: [{ from: 8_000, to: Infinity, told }] },
      });
      expect(ended).toMatchObject({ type: 'rolled-back', unconfirmed: true });
      expect(trace.events('watch-passed')).toEqual([]);
    },
  );

  it('waits for people, without end, when nobody is exposed and evidence stays away', async () => {
    const plan = planOf({ expand: [act('do/1', 'table:x', byAction), watch('1', 60_000)] });
    const { ended, trace } = await run(plan, {
      rescued: false,
      sentinel: { turns: [{ at: 10_000, guard: 0, verdict: 'inconclusive' }] },
    });
    expect(ended).toBeInstanceOf(Stranded);
    expect((ended as Stranded).why.who).toEqual(['owners']);
    expect(trace.events('question')).toHaveLength(1);
  });

  it('does not clear a hold by asking the sentinel anew', async () => {
    const plan = planOf({
      canary: [expose('a', 5), watch('1'), expose('b', 5), watch('2')],
    });
    const { trace } = await run(plan, {
      // The second flag is read slowly; evidence goes away meanwhile, and stays away.
      behaviours: { 'capture expose/b/5': { takes: 20_000 } },
      sentinel: { turns: [{ at: 32_000, guard: 0, verdict: 'no-evidence' }] },
    });
    expect(trace.events('hold').length).toBeGreaterThan(0);
    expect(trace.calls('apply').map(({ step }) => step)).not.toContain('expose/b/5');
    expect(trace.events('hold-cleared')).toEqual([]);
  });

  it.each(['hold', 'ask', 'continue'] as const)(
    'does not roll back at the end of a watch what on.fail says to %s',
    async (fail) => {
      const plan = planOf({ canary: [expose('a', 5), watch('1', 20_000)] }, [guard('errors', { fail })]);
      const { trace } = await run(plan, {
        sentinel: {
          turns: [
            { at: 8_000, guard: 0, verdict: 'fail' },
            { at: 12_000, guard: 0, verdict: 'pass' },
          ],
        },
      });
      expect(trace.events('breach')).toEqual([]);
    },
  );

  it('counts no evidence from before a second flag was exposed to as many as the first', async () => {
    const plan = planOf({ canary: [expose('a', 5), watch('1'), expose('b', 5), watch('2')] });
    const { ended, trace } = await run(plan);
    expect(ended).toMatchObject({ type: 'completed' });
    const asked = trace.calls('subscribe').map(({ input }) => input as Subscription);
    expect(asked.filter(({ percent }) => percent === 5)).toHaveLength(2);
    expect(asked.every(({ continues }) => continues === undefined)).toBe(true);
  });

  it('keeps the higher exposure when a second flag starts low', async () => {
    const plan = planOf({ canary: [expose('a', 100), watch('1'), expose('b', 5), watch('2')] });
    const { state } = await run(plan);
    expect(state.exposure).toBe(100);
  });

  it('does not count time in which a guard failed that only holds', async () => {
    const plan = planOf({ canary: [expose('a', 5), watch('1', 20_000)] }, [
      guard('errors', { fail: 'hold' }),
    ]);
    const { ended, trace } = await run(plan, {
      sentinel: {
        turns: [
          { at: 8_000, guard: 0, verdict: 'fail' },
          { at: 24_000, guard: 0, verdict: 'pass' },
        ],
      },
    });
    expect(ended).toMatchObject({ type: 'completed' });
    const [began] = trace.events('watch-started');
    const [passed] = trace.events('watch-passed');
    expect(passed!.at - began!.at).toBeGreaterThan(20_000 + 10_000);
  });

  it('asks at once when a guard that asks speaks during a hold', async () => {
    const plan = planOf({ canary: [expose('a', 5), watch('1', 60_000)] }, [
      guard('holds'),
      guard('asks', { inconclusive: 'ask' }),
    ]);
    const { trace, start } = await run(plan, {
      sentinel: {
        turns: [
          { at: 12_000, guard: 0, verdict: 'inconclusive' },
          { at: 18_000, guard: 1, verdict: 'inconclusive' },
        ],
      },
    });
    const [question] = trace.events('question');
    expect(question!.at - start).toBeLessThan(25_000);
  });

  it('asks somebody when windows can never be judged, though every reading is good', async () => {
    const plan = planOf({ canary: [expose('a', 5), watch('1')] });
    const { ended, trace } = await run(plan, { behaviours: { judge: { spares: 2, times: Infinity } } });
    expect(ended).toMatchObject({ type: 'rolled-back' });
    expect(trace.events('question').length).toBeGreaterThan(0);
  });

  it('does not begin a long soak anew because one judgement failed', async () => {
    const plan = planOf({ soak: [act('do/1', 'table:x', byAction), watch('1', 3_600_000)] });
    const { ended, trace, start } = await run(plan, {
      behaviours: { judge: { spares: 1, times: 32, takes: 0 } },
    });
    expect(ended).toMatchObject({ type: 'completed' });
    const [passed] = trace.events('watch-passed');
    expect(passed!.at - start).toBeLessThan(1.5 * 3_600_000);
  });

  it('starts the deadlines of a hold again when the answer is to wait', async () => {
    const plan = planOf({ canary: [expose('a', 5), watch('1', 60_000)] });
    const by = { name: 'olga', groups: ['owners'] };
    const { ended, trace } = await run(plan, {
      people: [
        {
          on: 'question',
          nth: 1,
          after: 1_000,
          write: () => ({ type: 'answer', id: 'w', by, choice: 'wait' }),
        },
      ],
      sentinel: { turns: [{ at: 10_000, guard: 0, verdict: 'inconclusive' }] },
    });
    const answered = trace.events('decision')[0]!;
    expect(trace.events('question')[1]!.at).toBe(answered.at + deadlines.ask);
    expect(trace.events('unwinding')[0]!.at).toBe(answered.at + deadlines.giveUp);
    expect(ended).toMatchObject({ type: 'rolled-back' });
  });

  it('does not act on an approval that was given while evidence was there but opens nothing during a hold', async () => {
    const plan = planOf({
      canary: [expose('a', 5), watch('1'), gate('go', 2), act('do/1', 'table:x', byAction)],
    });
    const { trace } = await run(plan, {
      people: [
        { on: 'gate-opened', after: 1_000, write: approves('ann', 'ann', ['approvers']) },
        { on: 'gate-opened', after: 30_000, write: approves('bob', 'bob', ['approvers']) },
      ],
      sentinel: {
        turns: [
          { at: 40_000, guard: 0, verdict: 'inconclusive' },
          { at: 48_000, guard: 0, verdict: 'pass' },
        ],
      },
    });
    expect(trace.events('approvals-voided')).toHaveLength(1);
    expect(trace.events('gate-passed')).toEqual([]);
  });
});
