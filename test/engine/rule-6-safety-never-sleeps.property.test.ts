import { describe, expect, it } from 'vitest';
import { run } from '../support/world.js';
import { approves } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';
import { demand, everyRun } from '../support/world/property.js';

describe('rule 6: safety never sleeps', () => {
  it('hears everything in the instant in which it arrives, whatever it is doing (400 runs)', async () => {
    const counts = await everyRun({ runs: 400 }, ({ trace, endedAt }) => {
      const over = Math.min(endedAt, trace.events('ended')[0]?.index ?? Infinity);
      const taken = new Map(trace.of('taken').map((entry) => [entry.message, entry]));
      for (const { message, at, index } of trace.of('arrived')) {
        if (index > over) continue;
        expect(taken.get(message)?.at, `${message.type} was heard at once`).toBe(at);
      }
    });
    demand(counts, { completed: 10, 'rolled-back': 30 });
  });

  it('stops on every failed reading of an exposed rollout, in that instant (600 runs)', async () => {
    const counts = await everyRun(
      { runs: 600, plan: { exposes: true }, script: { outages: false } },
      ({ trace }) => {
        const seen: string[] = [];
        for (const { message, at, exposure, exposedFrom, stopped } of trace.of('taken')) {
          if (message.type !== 'evidence' || stopped || exposure === 0) continue;
          if (message.subscription < (exposedFrom ?? Infinity)) continue;
          if (!message.readings.some(({ verdict }) => verdict === 'fail')) continue;
          const stop = trace.events('unwinding', 'breach').find((entry) => entry.at === at);
          expect(stop, 'it stopped at once').toBeDefined();
          const doing = trace
            .events('act-started', 'watch-started', 'gate-opened')
            .findLast((entry) => entry.at <= at);
          seen.push(String(doing?.event.type));
        }
        return seen;
      },
    );
    demand(counts, { 'watch-started': 20 });
  });

  const plan = planOf({
    canary: [expose('a', 5), watch('1', 10_000)],
    soak: [gate('wait', 1, 'roll-back', 600_000)],
    promote: [act('do/1', 'table:x', byAction), watch('2', 10_000)],
  });
  const later = (at: number) => ({ turns: [{ at, guard: 0, verdict: 'fail' as const }] });

  it('rolls back while a gate waits for people', async () => {
    const { ended, trace } = await run(plan, { sentinel: later(60_000) });
    expect(ended).toMatchObject({ type: 'rolled-back' });
    expect(trace.events('gate-passed')).toEqual([]);
  });

  it('rolls back while a later act runs', async () => {
    const { ended, trace } = await run(plan, {
      sentinel: later(60_000),
      behaviours: { 'apply do/1': { takes: 50_000 } },
      people: [{ on: 'gate-opened', after: 1_000, write: approves('ann', 'ann', ['approvers']) }],
    });
    expect(ended).toMatchObject({ type: 'rolled-back' });
    expect(trace.of('cancel')).toHaveLength(1);
  });

  it('exposes nobody on a pass that has grown old: a sentinel that fell silent at a gate', async () => {
    const rising = planOf({
      canary: [expose('a', 5), watch('1')],
      promote: [gate('go'), expose('a', 100), watch('2')],
    });
    const { ended, trace } = await run(rising, {
      sentinel: { outages: [{ from: 60_000, to: Infinity, told: false }] },
      people: [{ on: 'gate-opened', after: 120_000, write: approves('ann', 'ann', ['approvers']) }],
    });
    expect(ended).toMatchObject({ type: 'rolled-back' });
    expect(trace.events('gate-passed')).toHaveLength(1);
    expect(trace.events('act-started').map(({ event }) => event.step)).toEqual(['expose/a/5']);
  });

  it('does not lose a breach that is followed by a good reading before it looks', async () => {
    const { ended } = await run(plan, {
      together: 20_000,
      sentinel: {
        turns: [
          { at: 130_000, guard: 0, verdict: 'fail' },
          { at: 134_000, guard: 0, verdict: 'pass' },
        ],
      },
    });
    expect(ended).toMatchObject({ type: 'rolled-back', reason: expect.stringContaining('errors') });
  });

  const rising = planOf({
    canary: [expose('a', 5), watch('1', 10_000), expose('a', 25), watch('2', 10_000)],
  });
  const failing = (subscription: number, nth: number) => ({
    on: 'act-started' as const,
    nth,
    after: 50,
    write: () =>
      ({
        type: 'evidence',
        subscription,
        readings: [{ guard: 'errors', verdict: 'fail', at: 0, reason: 'sampled a moment ago' }],
      }) as const,
  });

  it('heeds a failure under less exposure that arrives while exposure is being raised', async () => {
    const { ended } = await run(rising, { people: [failing(2, 2)] });
    expect(ended).toMatchObject({ type: 'rolled-back', reason: expect.stringContaining('a moment ago') });
  });

  it('ignores a late reading from before anybody was exposed', async () => {
    const { ended } = await run(rising, { people: [failing(1, 1)] });
    expect(ended).toMatchObject({ type: 'completed' });
  });
});
