import { describe, expect, it } from 'vitest';
import { why } from '../../src/engine/tell/why.js';
import { run, type World } from '../support/world.js';
import { approves, type Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';

const plan = planOf({
  expand: [act('do/1', 'table:x', byAction)],
  canary: [expose('a', 5), watch('1', 5_000)],
  promote: [gate('go'), expose('a', 100), watch('2', 5_000)],
});
const approving: Person[] = [{ on: 'gate-opened', after: 1_000, write: approves('1', 'ann', ['approvers']) }];
const after = ({ trace, start }: World, type: 'gate-opened' | 'window-closed' | 'window-opened') =>
  trace.events(type)[0]!.at - start;

/** Two people who want it to pass. */
const breaking: Person[] = ['ann', 'bob'].map((name, index) => ({
  after: 60_000 + index * 1_000,
  write: () => ({
    type: 'break-glass',
    id: `glass ${name}`,
    by: { name, groups: ['owners'], kind: 'person', person: name, proof: 'token' },
    incident: 'INC-7',
    reason: 'customers cannot pay',
  }),
}));

describe('a missing drill', () => {
  it('holds the promote, before anybody is asked, until drills have proven the way back', async () => {
    let said: unknown;
    const look: Person = {
      after: 40_000,
      write: (state) => {
        said = why(plan, state);
        return undefined;
      },
    };
    const house = { drilledAt: 100_000 };
    const world = await run(plan, { house, people: [look, ...approving] });
    expect(said).toMatchObject({
      status: 'waiting',
      step: 'approve/go',
      waitingFor: 'approve/go to be let: its way back is not proven',
      clears: 'a drill that proves its way back',
      frozen: { undrilled: true },
    });
    expect(after(world, 'window-closed')).toBeLessThan(40_000);
    expect(after(world, 'window-opened')).toBeGreaterThanOrEqual(100_000);
    expect(after(world, 'gate-opened')).toBeGreaterThanOrEqual(100_000);
    expect(world.trace.events('window-closed')).toHaveLength(1);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('holds nothing before, and nothing where drills have proven it already', async () => {
    const world = await run(plan, { house: { drilledAt: 0 }, people: approving });
    expect(world.trace.events('window-closed')).toEqual([]);
    expect(world.trace.calls('window')).toHaveLength(1);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('holds what gives the candidate to everybody, in whatever phase that stands', async () => {
    for (const early of [
      planOf({ canary: [expose('a', 5), watch('1', 5_000), expose('a', 100), watch('2', 5_000)] }),
      planOf({ soak: [expose('a', 100), watch('1', 5_000)] }),
    ]) {
      const world = await run(early, { house: { drilledAt: 100_000 } });
      const raised = world.trace.events('act-started').find(({ event }) => event.step === 'expose/a/100')!;
      expect(raised.at - world.start).toBeGreaterThanOrEqual(100_000);
      expect(world.ended).toMatchObject({ type: 'completed' });
    }
  });

  it('is not asked for where the environment does not', async () => {
    const world = await run(plan, { people: approving });
    expect(world.trace.calls('window')).toEqual([]);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('is passed when two people break the glass', async () => {
    const world = await run(plan, {
      house: { drilledAt: Infinity },
      people: [...breaking, ...approving],
    });
    expect(after(world, 'window-opened')).toBeGreaterThanOrEqual(60_000);
    expect(world.trace.events('glass-broken')).toHaveLength(1);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('keeps nothing from going back, and guards go on deciding', async () => {
    const abort = { type: 'abort', id: 'a', by: { name: 'tom', groups: ['owners'] } } as const;
    const world = await run(plan, {
      house: { drilledAt: Infinity },
      people: [{ after: 60_000, write: () => abort }],
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
  });

  it('holds when nobody can tell', async () => {
    const broken = { window: { times: 40, fails: 'before' } } as const;
    const world = await run(plan, { house: { drilledAt: 0 }, behaviours: broken, people: approving });
    expect(world.trace.events('window-closed')[0]?.event.evidence).toEqual({ unreadable: true });
    expect(after(world, 'gate-opened')).toBeGreaterThanOrEqual(60_000);
    expect(world.ended).toMatchObject({ type: 'completed' });
  });

  it('is looked for again while it watches for long, and one that failed is told once, in why and at the next gate', async () => {
    const long = planOf({
      promote: [gate('go'), expose('a', 100), watch('2', 8 * 3_600_000)],
      contract: [gate('purge')],
    });
    const said: unknown[] = [];
    const look = (hours: number): Person => ({
      after: hours * 3_600_000,
      write: (state) => void said.push(why(long, state).drills),
    });
    const house = { drilledAt: 0, drillFailsAt: 3 * 3_600_000 };
    const purging: Person = { on: 'gate-opened', after: 2_000, write: approves('2', 'bob', ['approvers']) };
    const world = await run(long, {
      house,
      horizon: 10 * 3_600_000,
      people: [look(5), look(7), ...approving, purging],
    });
    const broken = 'it did not come back in a drill from expose/a/100';
    expect(said).toMatchObject([
      { proven: true, coverage: 1, worst: 4_000, drilledAt: world.start },
      { proven: false, broken },
    ]);
    expect(world.trace.events('drill-failed')).toHaveLength(1);
    expect(world.trace.events('gate-opened').at(-1)?.event.reason).toContain(`; beware, ${broken}`);
    // What was promoted stays: it is for people to say what follows.
    expect(world.ended).toMatchObject({ type: 'completed' });
  });
});
