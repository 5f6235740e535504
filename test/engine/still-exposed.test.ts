import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/engine/state/values.js';
import { run, Stranded, type Script, type World } from '../support/world.js';
import { resolves } from '../support/world/people.js';
import { act, byAction, deadlines, expose, planOf, watch } from '../support/world/plans.js';

const plan = planOf({ canary: [expose('a', 20), watch('1')] });
const breach = { sentinel: { failsFrom: 20 } };
const fails = (times: number): Script => ({
  ...breach,
  behaviours: { 'restore expose/a/20': { fails: 'before', times } },
});

const noticesOf = ({ trace }: World) =>
  trace.calls('notify').map(({ at, input }) => ({ at, ...(input as Notice) }));
const beganAt = ({ trace }: World) => trace.events('unwinding', 'retreating')[0]!.at;

describe('exposure that is not back after seconds', () => {
  it('calls at once, says how much and why, and goes on trying until it is back', async () => {
    const world = await run(plan, { ...fails(30), rescued: false });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
    const calls = noticesOf(world).filter(({ kind }) => kind === 'still-exposed');
    expect(calls).toMatchObject([
      {
        urgency: 'incident',
        exposure: 20,
        text: expect.stringContaining('20 % could NOT be taken back: sim'),
      },
      { urgency: 'news', exposure: 0, text: expect.stringMatching(/^exposure is back, after /) },
    ]);
    expect(calls[0]!.at - beganAt(world)).toBeLessThan(15_000);
    expect(world.statuses).toEqual(expect.arrayContaining(['needs-operator', 'unwinding', 'rolled-back']));
    expect(world.state.stuck).toBeUndefined();
  });

  it('asks an operator, and says that it is tried again meanwhile', async () => {
    const world = await run(plan, { ...fails(Infinity), rescued: false });
    const { why } = world.ended as Stranded;
    expect(why).toMatchObject({ status: 'needs-operator', clears: 'retry, skip, halt' });
    expect(why.next).toContain('tried again');
    const asked = world.trace.events('needs-operator')[0]!;
    expect(asked.at - beganAt(world)).toBeLessThan(15_000);
    const tries = world.trace.calls('restore').filter(({ index }) => index > asked.index);
    expect(tries.length).toBeGreaterThan(0);
    expect(noticesOf(world).filter(({ urgency }) => urgency === 'incident')).toHaveLength(2);
  });

  it.each(['retry', 'skip', 'halt'] as const)('does what the operator says: %s', async (choice) => {
    const people = [
      { on: 'needs-operator' as const, nth: 1, after: 5_000, write: resolves('r', choice) },
      { on: 'needs-operator' as const, nth: 2, after: 5_000, write: resolves('s', 'halt') },
    ];
    const world = await run(plan, { ...fails(Infinity), people });
    expect(world.ended).toMatchObject({ type: 'halted' });
    expect(world.state.exposure).toBe(20);
    const asked = world.trace.events('needs-operator').map(({ event }) => event.step);
    const second = { retry: ['expose/a/20'], skip: ['verify flag:a'], halt: [] }[choice];
    expect(asked).toHaveLength(1 + second.length);
    expect(world.statuses.at(-1)).toBe('halted');
  });

  it('calls when an undo hangs, and does not cut it short', async () => {
    const world = await run(plan, {
      ...breach,
      behaviours: { 'restore expose/a/20': { takes: 40_000 } },
      rescued: false,
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    const [called] = noticesOf(world).filter(({ kind }) => kind === 'still-exposed');
    expect(called).toMatchObject({
      urgency: 'incident',
      text: expect.stringContaining('20 % could NOT be taken back: the undo of expose/a/20 has not ended'),
    });
    expect(called!.at - beganAt(world)).toBe(5_000);
    expect(world.trace.calls('restore')).toHaveLength(1);
  });

  it('calls when something that is undone first keeps it from going back', async () => {
    const retiring = planOf({
      promote: [expose('a', 100), watch('1')],
      contract: [{ ...act('retire', 'table:x', byAction), removesFromBaseline: true as const }, watch('2')],
    });
    const world = await run(retiring, {
      behaviours: { 'undo retire': { takes: 30_000 } },
      people: [{ on: 'act-done', nth: 2, after: 1_000, write: aborts }],
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    const texts = noticesOf(world).map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringContaining('100 % could NOT be taken back: the undo of retire has not ended'),
    );
  });

  it('calls for exposure to zero as for a rollback, and once when one follows the other', async () => {
    const world = await run(plan, {
      behaviours: { 'restore expose/a/20': { fails: 'before', times: 30 } },
      people: [{ on: 'watch-started', nth: 1, after: 1_000, write: pausesToZero }],
      messages: [{ at: 30_000, message: { type: 'cancel', reason: 'from outside' } }],
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    const called = noticesOf(world).filter(
      ({ kind, urgency }) => kind === 'still-exposed' && urgency === 'incident',
    );
    expect(called).toHaveLength(1);
  });

  it('leaves tables their deadline', async () => {
    const tables = planOf({ expand: [act('do/1', 'table:x', byAction), act('do/2', 'table:y', byAction)] });
    const behaviours = { 'apply do/2': { times: Infinity }, 'undo do/1': { times: 20 } };
    const world = await run(tables, { behaviours, rescued: false });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.trace.events('needs-operator', 'still-exposed')).toEqual([]);
    expect(deadlines.undo).toBeGreaterThan(5_000);
  });
});

const by = { name: 'olga', groups: ['owners'] };
function aborts() {
  return { type: 'abort', id: 'a', by, reason: 'enough' } as const;
}
function pausesToZero() {
  return { type: 'pause', id: 'p', by, reason: 'enough', exposure: 'zero' } as const;
}
