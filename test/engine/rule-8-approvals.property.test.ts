import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/engine/state/messages.js';
import { cases } from '../support/effort.js';
import { run, type Script, type World } from '../support/world.js';
import { approves, resolves, type Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';
import { demand, type Counts } from '../support/world/property.js';
import type { Subscription } from '../../src/engine/state/values.js';

const quorum = 2;
const within = 120_000;
const plan = planOf({
  canary: [expose('a', 5), watch('1', 5_000)],
  promote: [gate('go', quorum, 'halt', within), act('do/1', 'table:x', byAction), watch('2', 5_000)],
});

const names = ['ann', 'bob', 'cat'] as const;

/** One who decides: mostly right, sometimes wrong in one of the ways an approval can be wrong. */
const decider: fc.Arbitrary<Person> = fc
  .record({
    after: fc.integer({ min: 0, max: within + 20_000 }),
    name: fc.constantFrom(...names),
    wrong: fc.constantFrom('nothing', 'nothing', 'nothing', 'digest', 'epoch', 'step', 'group'),
    id: fc.integer({ min: 0, max: 12 }),
    looks: fc.constantFrom('then' as const, 'when-writing' as const),
    type: fc.constantFrom(
      'approve' as const,
      'approve' as const,
      'approve' as const,
      'approve' as const,
      'reject' as const,
    ),
    nth: fc.constantFrom(1, 1, 2),
  })
  .map(({ after, name, wrong, id, looks, type, nth }): Person => ({
    on: 'gate-opened',
    nth,
    after,
    looks,
    write: (state) => ({
      type,
      id: `decision ${id}`,
      by: { name, groups: wrong === 'group' ? ['passers-by'] : ['approvers'] },
      step: wrong === 'step' ? 'approve/other' : 'approve/go',
      epoch: (state.gate?.epoch ?? 0) + (wrong === 'epoch' ? 1 : 0),
      digest: wrong === 'digest' ? 'of another plan' : state.digest,
    }),
  }));

const outages = fc
  .array(fc.tuple(fc.integer({ min: 10_000, max: 100_000 }), fc.integer({ min: 3_000, max: 25_000 })), {
    maxLength: 1,
  })
  .map((all) => all.map(([from, length]) => ({ from, to: from + length, told: true })));

interface Open {
  readonly at: number;
  readonly epoch: number;
  readonly people: Set<string>;
}

/** Judges every decision anew, from the trace alone, and compares; answers what was met. */
function audit({ trace }: World): string[] {
  const seen: string[] = [];
  const sent = new Map<string, Decision>();
  for (const { message } of trace.of('taken')) {
    if ('id' in message && message.type !== 'unauthorised' && !sent.has(message.id))
      sent.set(message.id, message);
  }
  let open: Open | undefined;
  let held = false;
  for (const { event, at } of trace.of('event')) {
    switch (event.type) {
      case 'gate-opened':
        open = { at, epoch: event.epoch!, people: new Set() };
        break;
      case 'hold':
        held = true;
        if (open) open = { at: open.at, epoch: open.epoch + 1, people: new Set() };
        break;
      case 'hold-cleared':
        held = false;
        break;
      case 'unwinding':
      case 'needs-operator':
        open = undefined;
        break;
      case 'decision': {
        const decision = sent.get(event.evidence?.id as string);
        if (decision?.type !== 'approve' && decision?.type !== 'reject') break;
        const wrongs = open ? wrongsOf(decision, open, held, at) : ['closed'];
        expect(event.evidence?.accepted, `${event.reason}, but ${wrongs.join()}`).toBe(wrongs.length === 0);
        if (wrongs.length === 0 && decision.type === 'approve') open?.people.add(decision.by.name);
        seen.push(...(wrongs.length === 0 ? [`${decision.type} accepted`] : wrongs));
        break;
      }
      case 'gate-passed':
        expect(open?.people.size, 'different people since the last hold').toBeGreaterThanOrEqual(quorum);
        expect(held).toBe(false);
        expect(at - open!.at, 'within the deadline').toBeLessThanOrEqual(within);
        open = undefined;
        seen.push('passed');
        break;
      default:
    }
  }
  return seen;
}

function wrongsOf(
  decision: Extract<Decision, { type: 'approve' | 'reject' }>,
  open: Open,
  held: boolean,
  at: number,
) {
  return [
    ...(decision.step === 'approve/go' ? [] : ['wrong step']),
    ...(decision.digest === 'of another plan' ? ['wrong digest'] : []),
    ...(decision.epoch === open.epoch ? [] : ['wrong epoch']),
    ...(decision.by.groups.includes('approvers') ? [] : ['wrong group']),
    ...(held ? ['during a hold'] : []),
    ...(decision.type === 'approve' && open.people.has(decision.by.name) ? ['same person'] : []),
    ...(at > open.at + within ? ['late'] : []),
  ];
}

/** Each exposure stands right behind a gate. */
const climb = planOf({
  canary: [gate('canary'), expose('a', 5), watch('1', 5_000)],
  promote: [gate('go'), expose('a', 100), watch('2', 5_000)],
});

/** Somebody pauses, or evidence is late or unclear, around the moment in which an exposure is announced. */
const interruptions: fc.Arbitrary<Script> = fc
  .record({
    pauses: fc.array(
      fc.record({
        nth: fc.integer({ min: 1, max: 3 }),
        after: fc.integer({ min: 0, max: 15_000 }),
        for: fc.constantFrom(500, 20_000),
      }),
      { maxLength: 2 },
    ),
    subscribe: fc.record({
      takes: fc.constantFrom(200, 3_000, 6_000),
      spares: fc.integer({ min: 0, max: 4 }),
      times: fc.integer({ min: 0, max: 3 }),
    }),
    turns: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 60_000 }),
        guard: fc.constant(0),
        verdict: fc.constantFrom('pass' as const, 'inconclusive' as const),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ pauses, subscribe, turns }) => ({
    behaviours: { subscribe },
    sentinel: { turns: turns.sort((a, b) => a.at - b.at) },
    people: [
      ...(['gate-opened', 'approvals-voided'] as const).map((on): Person => ({
        on,
        after: 1_000,
        write: (state) =>
          approves(`${on} ${state.gate?.step} ${state.gate?.epoch}`, 'ann', ['approvers'])(state),
      })),
      ...pauses.flatMap((pause, index): Person[] => {
        const by = { name: 'meg', groups: ['owners'] };
        return [
          {
            on: 'gate-passed',
            nth: pause.nth,
            after: pause.after,
            write: () => ({ type: 'pause', id: `pause ${index}`, by }),
          },
          {
            on: 'paused',
            after: pause.for,
            write: ({ paused }) =>
              paused && { type: 'resume', id: `resume ${index} ${paused.since}`, by, reason: 'tested' },
          },
        ];
      }),
    ],
  }));

/** Judges every start anew, from the trace alone; answers what was met. */
function auditLeave({ trace, ended, state }: World): string[] {
  const seen: string[] = [];
  const stopped = trace.events('unwinding')[0]?.index ?? Infinity;
  let leave = false;
  let paused = false;
  let exposed = 0;
  let announced = 0;
  for (const entry of trace.entries.slice(0, stopped)) {
    if (entry.type === 'call' && entry.verb === 'subscribe') {
      const { percent } = entry.input as Subscription;
      if (percent < announced) seen.push(`${exposed === 0 ? 'first' : 'second'} exposure taken back`);
      announced = percent;
    }
    if (entry.type !== 'event') continue;
    const lastMoment = leave && announced > exposed;
    switch (entry.event.type) {
      case 'gate-opened':
        expect(announced, 'while people are asked, those are watched who are exposed').toBe(exposed);
        break;
      case 'gate-passed':
        leave = true;
        break;
      case 'hold':
        if (lastMoment) seen.push('held at the last moment');
        leave = false;
        break;
      case 'paused':
        if (lastMoment) seen.push('paused at the last moment');
        paused = true;
        break;
      case 'resumed':
        paused = false;
        break;
      case 'act-started':
        expect(leave, `${entry.event.step} has leave that no hold has voided`).toBe(true);
        expect(paused, `${entry.event.step} starts while paused`).toBe(false);
        exposed = entry.event.step === 'expose/a/5' ? 5 : 100;
        expect(announced, 'the guards judge who is about to have the candidate').toBe(exposed);
        leave = false;
        break;
      default:
    }
  }
  if (ended instanceof Error || ended.type !== 'completed') return seen;
  expect(state.exposure).toBe(100);
  return [...seen, 'completed'];
}

describe('rule 8: approvals', () => {
  it('accepts exactly the decisions that are right in everything, and opens for a quorum of them (500 runs)', async () => {
    const counts: Counts = {};
    const worlds = fc.record({
      deciders: fc.array(decider, { maxLength: 8 }),
      outages,
      together: fc.constantFrom(1, 1, 4_000),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ deciders, outages: down, together }) => {
        const people = [
          ...deciders,
          { on: 'needs-operator' as const, nth: 1, after: 3_000, write: resolves('again', 'retry') },
        ];
        const world = await run(plan, { people, sentinel: { outages: down }, together });
        for (const name of new Set(audit(world))) counts[name] = (counts[name] ?? 0) + 1;
        const decided = world.trace.events('decision').map(({ event }) => event.evidence?.id);
        expect(decided, 'each id once').toEqual([...new Set(decided)]);
      }),
      { numRuns: cases(500) },
    );
    demand(counts, {
      passed: 5,
      'approve accepted': 50,
      'reject accepted': 5,
      'wrong step': 10,
      'wrong digest': 10,
      'wrong epoch': 10,
      'wrong group': 10,
      'during a hold': 2,
      'same person': 10,
      closed: 10,
    });
  });

  it('starts nothing on leave that a hold has voided, nor while paused, at whatever moment that comes (500 runs)', async () => {
    const counts: Counts = {};
    await fc.assert(
      fc.asyncProperty(interruptions, async (script) => {
        const world = await run(climb, script);
        for (const name of new Set(auditLeave(world))) counts[name] = (counts[name] ?? 0) + 1;
      }),
      { numRuns: cases(500) },
    );
    demand(counts, {
      completed: 100,
      'paused at the last moment': 20,
      'held at the last moment': 20,
      'first exposure taken back': 10,
      'second exposure taken back': 10,
    });
  });
});
