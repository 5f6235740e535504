import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../support/effort.js';
import { run, Stranded, type Script, type World } from '../support/world.js';
import { resolves } from '../support/world/people.js';
import { act, byAction, expose, planOf, watch } from '../support/world/plans.js';

const target = 'flag:a' as const;
const canary = [expose('a', 5), watch('1', 30_000)];
const plan = planOf({ canary });
const writes = (percent: number, ...at: readonly number[]): Script => ({
  strangers: at.map((time) => ({ at: time, target, percent })),
});
/** Somebody who writes the flag once a second. */
const eachSecond = (percent: number, from: number, to: number) =>
  writes(percent, ...Array.from({ length: (to - from) / 1_000 }, (_, nth) => from + nth * 1_000));

const driftsOf = ({ trace }: World) => trace.events('drift').map(({ event }) => event);
const restores = ({ trace }: World) => trace.of('call').filter(({ verb }) => verb === 'restore');
const noticesOf = ({ trace }: World) =>
  trace
    .of('call')
    .filter(({ verb }) => verb === 'notify')
    .map(({ input }) => input as { urgency: string; text: string });

describe('somebody else changes what a rollout exposes', () => {
  it.each([
    ['with guards', planOf({ canary })],
    ['without guards', planOf({ canary }, [])],
  ])('up: it is rolled back at once, in its own words, %s', async (_, given) => {
    const world = await run(given, writes(50, 10_000));
    expect(world.ended).toMatchObject({
      type: 'rolled-back',
      reason: expect.stringContaining('flag:a was raised by somebody else: 50 %'),
    });
    expect(driftsOf(world)[0]).toMatchObject({
      reason: expect.stringContaining('flag:a was raised by somebody else'),
      evidence: { target, verdict: 'raised', percent: 50 },
    });
    expect(world.after()).toBe(world.before);
  });

  it.each([
    ['with guards', planOf({ canary })],
    ['without guards', planOf({ canary }, [])],
  ])('down: it holds and calls, and rolls back when nobody answers, %s', async (_, given) => {
    const world = await run(given, writes(0, 10_000));
    const [hold] = world.trace.events('hold');
    expect(hold?.event.reason).toMatch(/^flag:a: 0 %, left at 5 %/);
    expect(noticesOf(world)).toContainEqual({
      rollout: world.state.rollout,
      owner: world.plan.owner,
      urgency: 'incident',
      kind: 'drift',
      text: expect.stringContaining('flag:a was lowered by somebody else, on hold'),
    });
    expect(world.trace.events('watch-passed')).toEqual([]);
    expect(world.ended).toMatchObject({
      type: 'rolled-back',
      reason: expect.stringContaining('held too long'),
    });
  });

  it('down and back: it goes on, and the time between does not count', async () => {
    const script = {
      strangers: [
        { at: 10_000, target, percent: 0 },
        { at: 30_000, target, percent: 5 },
      ],
    };
    const world = await run(plan, script);
    expect(world.ended).toMatchObject({ type: 'completed' });
    const [began] = world.trace.events('watch-started');
    const [passed] = world.trace.events('watch-passed');
    expect(passed!.at - began!.at).toBeGreaterThanOrEqual(30_000 + 20_000);
  });

  it('is not called rolled back before a minute without them', async () => {
    const world = await run(plan, writes(50, 10_000));
    const [seen] = driftsOf(world);
    expect(world.trace.events('ended')[0]!.at - seen!.at).toBeGreaterThanOrEqual(60_000);
  });

  it('is written back three times within a minute, then no more: someone is called', async () => {
    const world = await run(plan, { ...eachSecond(50, 10_000, 200_000), rescued: false });
    expect(world.ended).toBeInstanceOf(Stranded);
    expect(restores(world)).toHaveLength(3);
    const { stuck, exposure, looks } = world.state;
    expect(stuck).toMatchObject({
      step: 'verify/flag:a',
      problem: expect.stringMatching(
        /50 % are exposed: somebody else writes flag:a.*put back 3 times within a minute/,
      ),
    });
    expect(exposure).toBe(0);
    expect(looks?.[0]?.percent ?? 50).toBe(50);
    expect(noticesOf(world).at(-1)).toMatchObject({
      urgency: 'incident',
      text: expect.stringContaining('50 % are exposed'),
    });
    expect(world.trace.events('ended')).toEqual([]);
  });

  it('goes back when an operator has stopped them and says retry', async () => {
    const world = await run(plan, {
      ...eachSecond(50, 10_000, 60_000),
      people: [{ on: 'needs-operator', after: 60_000, write: resolves('stopped', 'retry') }],
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
  });

  it.each([1_500, 3_000, 5_000, 8_000])(
    'is not called rolled back when they come %s ms after a rollback for another reason',
    async (after) => {
      const breach = { sentinel: { turns: [{ at: 10_000, guard: 0, verdict: 'fail' as const }] } };
      const undisturbed = await run(plan, breach);
      const [first] = undisturbed.trace.events('undone');
      const at = first!.at - undisturbed.start + after;
      const world = await run(plan, { ...breach, ...writes(50, at) });
      const ended = world.trace.events('ended')[0]!;
      if (ended.at - world.start < at) return;
      expect(world.ended).toMatchObject({ type: 'rolled-back' });
      expect(world.after()).toBe(world.before);
    },
  );

  it('after a retreat, while it is paused with nobody exposed: it is rolled back', async () => {
    const world = await run(plan, {
      people: [
        {
          after: 10_000,
          write: () => ({
            type: 'pause',
            id: 'p',
            by: { name: 'ann', groups: ['owners'] },
            exposure: 'zero',
          }),
        },
      ],
      ...writes(40, 60_000),
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back', reason: expect.stringContaining('was raised') });
    expect(world.after()).toBe(world.before);
  });

  it('nothing that the candidate needs is taken away while somebody raises it', async () => {
    const both = planOf({
      expand: [act('do/1', 'table:x', byAction)],
      canary: [expose('a', 5, 5_000), watch('1', 30_000)],
    });
    const world = await run(both, { ...eachSecond(50, 10_000, 200_000), rescued: false });
    expect(world.ended).toBeInstanceOf(Stranded);
    expect(world.trace.of('call').filter(({ verb }) => verb === 'undo')).toEqual([]);
    const stopped = await run(both, {
      ...eachSecond(50, 10_000, 40_000),
      people: [{ on: 'needs-operator', after: 60_000, write: resolves('stopped', 'retry') }],
    });
    expect(stopped.ended).toMatchObject({ type: 'rolled-back' });
    const [undo] = stopped.trace.of('call').filter(({ verb }) => verb === 'undo');
    expect(undo!.at - stopped.start).toBeGreaterThan(40_000 + 5_000);
    expect(stopped.after()).toBe(stopped.before);
  });

  it('takes back what was done beside it, too', async () => {
    const both = planOf({ expand: [act('do/1', 'table:x', byAction)], canary });
    const world = await run(both, writes(100, 10_000));
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    expect(world.after()).toBe(world.before);
  });
});

const second = fc.integer({ min: 5, max: 150 });
const strangers = fc.array(
  fc.record({
    at: second.map((at) => at * 1_000 + 500),
    target: fc.constant(target),
    percent: fc.constantFrom(0, 3, 5, 50, 100),
  }),
  { maxLength: 12 },
);

describe('whatever somebody else does', () => {
  it('nothing is called rolled back that is not back, and no watch passes over what is raised (150 runs)', async () => {
    await fc.assert(
      fc.asyncProperty(strangers, fc.boolean(), async (given, guarded) => {
        const world = await run(planOf({ canary }, guarded ? undefined : []), { strangers: given });
        const [ended] = world.trace.events('ended');
        const before = (at: number) =>
          given.filter((one) => world.start + one.at <= at).sort((a, b) => a.at - b.at);
        if (!ended || before(Infinity).length > before(ended.at).length) return;
        if (ended.event.reason.startsWith('rolled-back')) expect(world.after()).toBe(world.before);
        if (ended.event.reason.startsWith('completed')) expect(world.after()).toContain('"percent":5');
      }),
      { numRuns: cases(150) },
    );
  });
});

describe('a target that nobody has looked at', () => {
  it('passes no watch: it holds', async () => {
    const world = await run(planOf({ canary: [expose('a', 5), watch('1', 5_000)] }, []), {
      sentinel: { outages: [{ from: 0, to: Infinity, told: false }] },
    });
    expect(world.trace.events('watch-passed')).toEqual([]);
    expect(world.trace.events('hold')[0]?.event.reason).toMatch(/nobody has looked at it of late/);
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
  });
});
