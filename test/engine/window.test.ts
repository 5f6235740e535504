import { describe, expect, it } from 'vitest';
import { why } from '../../src/engine/tell/why.js';
import { run, type World } from '../support/world.js';
import { approves, type Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';

const plan = planOf({
  expand: [act('do/1', 'table:x', byAction), act('do/2', 'table:x', byAction)],
  canary: [expose('a', 5), watch('1', 5_000)],
});
const startOf = ({ trace, start }: World, step: string) =>
  trace.events('act-started').find(({ event }) => event.step === step)!.at - start;

describe('a freeze', () => {
  it('holds the first act until it is over, and says until when', async () => {
    const freezes = [{ from: 0, to: 90_000 }];
    let said: unknown;
    const look: Person = {
      after: 30_000,
      write: (state) => {
        said = why(plan, state);
        return undefined;
      },
    };
    const world = await run(plan, { house: { freezes }, people: [look] });
    expect(said).toMatchObject({
      status: 'waiting',
      step: 'do/1',
      waitingFor: 'do/1 to be let: freeze: the end of the year',
      nextAt: world.start + 90_000,
      frozen: { until: world.start + 90_000 },
    });
    expect(startOf(world, 'do/1')).toBeGreaterThanOrEqual(90_000);
    expect(world.trace.events('window-closed', 'window-opened')).toHaveLength(2);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('holds no act between the first and a raise, and each raise', async () => {
    const freezes = [{ from: 3_000, to: 90_000 }];
    const world = await run(plan, { house: { freezes }, behaviours: { 'apply do/1': { takes: 4_000 } } });
    expect(startOf(world, 'do/2')).toBeLessThan(30_000);
    expect(startOf(world, 'expose/a/5')).toBeGreaterThanOrEqual(90_000);
  });

  it('that begins while guards are waited for holds, too', async () => {
    const freezes = [{ from: 15_000, to: 90_000 }];
    const world = await run(planOf({ canary: [expose('a', 5), watch('1', 5_000)] }), {
      house: { freezes },
      behaviours: { subscribe: { takes: 20_000, spares: 1, times: 1 }, capture: { takes: 10_000 } },
      sentinel: { delay: 6_000 },
    });
    const started = startOf(world, 'expose/a/5');
    expect(started < 15_000 || started >= 90_000).toBe(true);
  });

  it('keeps nothing from going back, and people decide as ever', async () => {
    const freezes = [{ from: 3_000, to: 9_000_000 }];
    const abort = { type: 'abort', id: 'a', by: { name: 'tom', groups: ['owners'] } } as const;
    const world = await run(plan, { house: { freezes }, people: [{ after: 60_000, write: () => abort }] });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
    expect(world.trace.events('ended')[0]!.at - world.start).toBeLessThan(120_000);
  });

  it('that nobody can read holds, calls somebody, and is looked at again later and later', async () => {
    const freezes = [{ from: 0, to: 400_000, unreadable: true } as const];
    const world = await run(plan, { house: { freezes } });
    const looks = world.trace.calls('window').map(({ at }) => at);
    const waits = looks.slice(1, 4).map((at, index) => Math.floor((at - looks[index]!) / 1_000));
    expect(waits).toEqual([60, 120, 240]);
    expect(world.trace.calls('notify').map(({ input }) => input)).toContainEqual(
      expect.objectContaining({
        urgency: 'incident',
        text: 'do/1 does not start: freeze: it cannot be read',
      }),
    );
    expect(startOf(world, 'do/1')).toBeGreaterThanOrEqual(400_000);
  });

  it('holds when the worker cannot even be asked', async () => {
    const broken = { window: { times: 40, fails: 'before' } } as const;
    const world = await run(plan, { house: { freezes: [] }, behaviours: broken });
    expect(startOf(world, 'do/1')).toBeGreaterThanOrEqual(60_000);
  });

  it('keeps the leave that a gate gave before it, unless a hold voids it', async () => {
    const gated = planOf({ promote: [gate('go'), expose('a', 100), watch('1', 5_000)] });
    const people: Person[] = [
      { on: 'gate-opened', after: 1_000, write: approves('1', 'ann', ['approvers']) },
    ];
    const world = await run(gated, { house: { freezes: [{ from: 500, to: 300_000 }] }, people });
    expect(world.trace.events('gate-opened')).toHaveLength(1);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('is passed when two people want that for one incident, and by nobody twice or for another', async () => {
    const says = (after: number, name: string, incident: string, groups = ['owners']): Person => ({
      after,
      write: () => ({
        type: 'break-glass',
        id: name + incident,
        by: { name, groups },
        reason: 'on fire',
        incident,
      }),
    });
    const world = await run(plan, {
      house: { freezes: [{ from: 0, to: 9_000_000 }] },
      people: [
        says(10_000, 'mallory', 'INC-7', ['passers-by']),
        says(20_000, 'ann', 'INC-7'),
        says(21_000, 'ann', 'INC-7 '),
        says(22_000, 'bob', 'INC-8'),
        says(23_000, 'robot', 'INC-7'),
        says(60_000, 'bob', 'INC-7'),
      ].map((person, index) =>
        index === 4
          ? {
              ...person,
              write: (state) => {
                const message = person.write(state);
                const by = {
                  name: 'robot',
                  groups: ['owners'],
                  kind: 'service',
                  person: 'ann',
                  proof: 'token',
                } as const;
                return message && ({ ...message, by } as typeof message);
              },
            }
          : person,
      ),
    });
    const answers = world.trace.events('decision').map(({ event }) => event.evidence?.['accepted']);
    expect(answers).toEqual([false, true, false, false, false, true]);
    expect(startOf(world, 'do/1')).toBeGreaterThanOrEqual(60_000);
    expect(world.trace.events('glass-broken')[0]?.event.evidence).toEqual({
      incident: 'INC-7',
      by: ['ann', 'bob'],
    });
    expect(world.trace.calls('notify').map(({ input }) => input)).toContainEqual(
      expect.objectContaining({
        urgency: 'incident',
        text: expect.stringContaining('ann and bob') as string,
      }),
    );
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('that was called off is noticed when somebody resumes', async () => {
    const by = { name: 'meg', groups: ['owners'] };
    const world = await run(plan, {
      house: { freezes: [{ from: 0, to: 9_000_000 }], calledOffAt: 30_000 },
      people: [
        { after: 40_000, write: () => ({ type: 'pause', id: 'p', by }) },
        { after: 50_000, write: () => ({ type: 'resume', id: 'r', by }) },
      ],
    });
    expect(startOf(world, 'do/1')).toBeGreaterThanOrEqual(50_000);
    expect(startOf(world, 'do/1')).toBeLessThan(60_000);
  });
});
