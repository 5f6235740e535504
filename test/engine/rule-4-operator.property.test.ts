import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/engine/plan/plan.js';
import { run, Stranded, type Script } from '../support/world.js';
import { resolves } from '../support/world/people.js';
import { act, byAction, deadlines, expose, planOf, watch } from '../support/world/plans.js';
import { demand, endingOf, everyRun } from '../support/world/property.js';

const plan = planOf({ expand: [act('do/1', 'table:x', byAction), act('do/2', 'table:y', byAction)] });
const fails = (times: number): Script => ({
  behaviours: { 'apply do/2': { times: Infinity }, 'undo do/1': { times, takes: 1_000 } },
});

/** Undoing some act, and whatever restores, takes very long to succeed. */
function stubborn(script: Script, { phases }: Plan): Script {
  const undone = phases.expand.find((step) => step.type === 'act' && step.undo.type === 'act');
  const times = { times: 100, takes: 1_000 };
  return {
    ...script,
    behaviours: { ...script.behaviours, restore: times, ...(undone && { [`undo ${undone.id}`]: times }) },
  };
}

describe('rule 4: an undo that keeps failing calls an operator', () => {
  it('never ends while an undo has failed and nobody chose (500 runs)', async () => {
    const counts = await everyRun({ runs: 500, change: stubborn }, ({ trace, ended }) => {
      const seen: string[] = [];
      const began = trace.events('unwinding', 'retreating')[0]?.index ?? Infinity;
      // What an operator's retry clears away, and what a stop overtakes, is taken back once more by the rollback.
      const overtaken = new Set(trace.of('cancel').map(({ call }) => call));
      const failures = trace
        .ends('undo', 'restore')
        .filter(({ ok, call }) => !ok && call > began && !overtaken.has(call));
      for (const failed of failures) {
        const next = trace
          .of('event')
          .find(({ index, event }) => index > failed.index && event.type === 'needs-operator');
        const chosen = trace
          .events('decision')
          .some(({ index, event }) => index > (next?.index ?? 0) && event.evidence?.accepted === true);
        // The tries of an exposure go on meanwhile.
        const helped =
          failed.target?.startsWith('flag:') &&
          trace
            .events('undone')
            .some(({ index, event }) => index > failed.index && event.step === failed.step);
        // Of two that failed together only one is asked about when the answer is to halt.
        if (!(ended instanceof Error)) expect(chosen || helped, 'it did not end by itself').toBe(true);
        if (!next && !helped) expect(ended).toMatchObject({ type: 'halted' });
        seen.push('failed undo');
      }
      return seen;
    });
    demand(counts, { 'failed undo': 10 });
  });

  it('tries an undo for the whole of its deadline before it calls someone', async () => {
    const world = await run(plan, { ...fails(Infinity), rescued: false });
    expect(world.ended).toBeInstanceOf(Stranded);
    const [call] = world.trace.calls('undo').filter(({ step }) => step === 'do/1');
    const end = world.trace.endOf(call!.call)!;
    expect(end.at - call!.at).toBeGreaterThan(deadlines.undo - 5_000);
    expect(deadlines.undo).toBeGreaterThan(deadlines.act);
  });

  it('waits for a named person, says what they may choose, and calls an incident', async () => {
    const world = await run(plan, { ...fails(Infinity), rescued: false });
    const { why } = world.ended as Stranded;
    expect(why).toMatchObject({ status: 'needs-operator', step: 'do/1', who: ['owners'] });
    expect(why.clears).toBe('retry, skip, halt');
    const told = world.trace.calls('notify').map(({ input }) => input as { urgency: string; text: string });
    expect(told).toContainEqual(
      expect.objectContaining({ urgency: 'incident', text: expect.stringContaining('do/1') }),
    );
  });

  it('tries again when told to, and rolls back', async () => {
    const people = [{ on: 'needs-operator' as const, after: 5_000, write: resolves('r', 'retry') }];
    const world = await run(plan, { ...fails(45), people });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
    expect(world.trace.calls('undo').filter(({ step }) => step === 'do/1')).toHaveLength(2);
  });

  it('skips with a reason, and still does not call the rest rolled back', async () => {
    const people = [
      { on: 'needs-operator' as const, nth: 1, after: 5_000, write: resolves('r', 'skip') },
      { on: 'needs-operator' as const, nth: 2, after: 5_000, write: resolves('s', 'halt') },
    ];
    const world = await run(plan, { ...fails(Infinity), people });
    expect(world.ended).toMatchObject({ type: 'halted', reason: expect.stringContaining('table:x') });
    const skipped = world.trace.events('undone').find(({ event }) => event.by === 'olga');
    expect(skipped?.event.reason).toContain('tested');
  });

  it('keeps what went back at once, while it asks about another exposure that does not', async () => {
    const exposed = planOf({ canary: [expose('a', 5), expose('b', 5), watch('1')] });
    const world = await run(exposed, {
      sentinel: { failsFrom: 5 },
      behaviours: { 'restore expose/b/5': { fails: 'before', times: Infinity } },
      rescued: false,
    });
    expect(world.ended).toBeInstanceOf(Stranded);
    const [undone] = world.trace.events('undone');
    expect(undone?.event.step).toBe('expose/a/5');
    expect(undone!.at).toBeLessThan(world.trace.events('needs-operator')[0]!.at);
    expect(world.state.steps['expose/a/5']?.status).toBe('undone');
  });

  it('does not say that nobody is exposed when the way back of an exposure was skipped', async () => {
    const exposed = planOf({ canary: [expose('a', 5), watch('1')] });
    const world = await run(exposed, {
      sentinel: { failsFrom: 5 },
      behaviours: { 'restore expose/a/5': { fails: 'before', times: Infinity } },
      people: [
        { on: 'needs-operator', nth: 1, after: 5_000, write: resolves('r', 'skip') },
        { on: 'needs-operator', nth: 2, after: 5_000, write: resolves('s', 'halt') },
      ],
    });
    expect(world.ended).toMatchObject({ type: 'halted' });
    expect(world.state.exposure).toBe(5);
    expect(world.state.unwinding?.exposureRestoredAt).toBeUndefined();
  });

  it('refuses to skip or halt without a reason', async () => {
    const people = [
      {
        on: 'needs-operator' as const,
        nth: 1,
        after: 5_000,
        write: () =>
          ({ type: 'resolve', id: 'r', by: { name: 'olga', groups: ['owners'] }, choice: 'skip' }) as const,
      },
    ];
    const world = await run(plan, { ...fails(Infinity), people, rescued: false });
    expect(world.ended).toBeInstanceOf(Stranded);
    expect(world.state.decisions.r).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('reason'),
    });
  });

  it('halts where it stands when told to, with no further undo', async () => {
    const people = [{ on: 'needs-operator' as const, after: 5_000, write: resolves('h', 'halt') }];
    const world = await run(plan, { ...fails(Infinity), people });
    expect(endingOf(world)).toBe('halted');
    expect(world.trace.calls('verify')).toEqual([]);
  });

  it('lets only operators choose', async () => {
    const people = [
      { on: 'needs-operator' as const, nth: 1, after: 5_000, write: resolves('x', 'halt', ['passers-by']) },
    ];
    const world = await run(plan, { ...fails(Infinity), people, rescued: false });
    expect(world.ended).toBeInstanceOf(Stranded);
    expect(world.state.decisions.x).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('owners'),
    });
  });
});
