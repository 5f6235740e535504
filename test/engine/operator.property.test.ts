import { describe, expect, it } from 'vitest';
import { decisionsNow } from '../../src/engine/decide/admit.js';
import { machine } from '../../src/engine/state/status.js';
import { run, type Script } from '../support/world.js';
import { approves, type Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';
import { demand, endingOf, everyRun } from '../support/world/property.js';

describe('what operators do', () => {
  it('only ever goes from a status to one that the machine allows (500 runs)', async () => {
    const seen = new Set<string>();
    await everyRun({ runs: 500 }, ({ statuses }) => {
      statuses.slice(1).forEach((to, index) => {
        const from = statuses[index]!;
        seen.add(`${from} -> ${to}`);
        expect(machine[from].to, `${from} -> ${to}`).toContain(to);
      });
    });
    for (const edge of [
      'watching -> paused',
      'paused -> watching',
      'paused -> retreating',
      'retreating -> paused',
    ])
      expect(seen).toContain(edge);
  });

  it('refuses what makes no sense with the status and the decisions that do (300 runs)', async () => {
    const counts = await everyRun({ runs: 300 }, ({ trace, plan, state }) => {
      expect(decisionsNow(plan, state)).toEqual(state.outcome ? [] : expect.any(Array));
      return trace.events('decision').flatMap(({ event }) => {
        const possible = /\(it is ([a-z-]+); possible now: (.+)\)$/.exec(event.reason);
        if (!possible) return [];
        expect(event.evidence?.accepted).toBe(false);
        const verb = event.reason.split(':')[0]!;
        expect(possible[2]!.split(', ')).not.toContain(verb);
        expect(Object.keys(machine)).toContain(possible[1]);
        return ['refused'];
      });
    });
    demand(counts, { refused: 20 });
  });

  it('starts nothing, passes nothing and lets nothing expire while it is paused (300 runs)', async () => {
    const counts = await everyRun({ runs: 300 }, ({ trace }) => {
      let paused = false;
      const seen: string[] = [];
      for (const { event } of trace.of('event')) {
        if (event.type === 'paused') paused = true;
        if (event.type === 'resumed' || event.type === 'unwinding' || event.type === 'needs-operator')
          paused = false;
        if (!paused) continue;
        seen.push('paused');
        expect(['watch-passed', 'gate-opened', 'gate-passed', 'phase-entered']).not.toContain(event.type);
      }
      return seen;
    });
    demand(counts, { paused: 15 });
  });

  const rising = planOf({
    canary: [expose('a', 5), watch('1', 20_000)],
    soak: [gate('wait', 1, 'roll-back', 60_000)],
    promote: [act('do/1', 'table:x', byAction), watch('2', 10_000)],
  });
  const meg = { name: 'meg', groups: ['owners'] };
  const pausesAt = (on: Person['on']): Person => ({
    on: on!,
    nth: 1,
    after: 1_000,
    write: () => ({ type: 'pause', id: 'pause', by: meg, reason: 'lunch' }),
  });

  it.each(['watch-started', 'gate-opened'] as const)(
    'protects while it is paused: a guard that fails after a pause at %s rolls back all the same',
    async (on) => {
      const { ended, trace } = await run(rising, {
        people: [pausesAt(on)],
        sentinel: { turns: [{ at: 200_000, guard: 0, verdict: 'fail' }] },
      });
      expect(trace.events('paused', 'resumed').map(({ event }) => event.type)).toEqual(['paused']);
      expect(ended).toMatchObject({ type: 'rolled-back', reason: expect.stringContaining('errors') });
    },
  );

  it('holds, asks and gives up while it is paused, when evidence stays away', async () => {
    const { ended, trace } = await run(rising, {
      people: [pausesAt('watch-started')],
      sentinel: { outages: [{ from: 60_000, to: Infinity, told: true }] },
      rescued: false,
    });
    expect(trace.events('question')).toHaveLength(1);
    expect(ended).toMatchObject({ type: 'rolled-back', reason: expect.stringContaining('held too long') });
  });

  it('gives people the time back in which it was paused at a gate', async () => {
    const { ended, trace } = await run(rising, {
      people: [
        pausesAt('gate-opened'),
        { on: 'paused', after: 100_000, write: () => ({ type: 'resume', id: 'resume', by: meg }) },
        { on: 'resumed', after: 50_000, write: approves('ann', 'ann', ['approvers']) },
      ],
    });
    expect(trace.events('gate-passed')).toHaveLength(1);
    expect(ended).toMatchObject({ type: 'completed' });
  });

  it('after a retreat nobody is exposed, and the second climb shares no key with the first (300 runs)', async () => {
    const retreats: Person = {
      on: 'watch-started',
      nth: 2,
      after: 2_000,
      write: () => ({ type: 'pause', exposure: 'zero', id: 'zero', by: meg, reason: 'tested' }),
    };
    const resumes: Person = {
      on: 'retreated',
      after: 5_000,
      write: () => ({ type: 'resume', id: 'resume', by: meg }),
    };
    const choices = {
      runs: 300,
      plan: { exposes: true },
      change: (script: Script) => ({ ...script, people: [...(script.people ?? []), retreats, resumes] }),
    };
    const counts = await everyRun(choices, (world) => {
      const { trace, plan } = world;
      const retreats = trace.events('retreated');
      const applied = trace.calls('apply').map(({ step, epoch }) => `${step} ${epoch}`);
      expect(new Set(applied).size, 'no act is started twice under one key').toBe(applied.length);
      for (const { index } of retreats) {
        // Adapters tell a late try of the first climb by this alone, whichever step of a target it is of.
        const epochs = (when: (at: number) => boolean) =>
          trace.calls('apply').flatMap((call) => (when(call.index) ? (call.epoch ?? []) : []));
        const newest = Math.max(...epochs((at) => at < index));
        for (const epoch of epochs((at) => at > index)) expect(epoch).toBeGreaterThan(newest);
        const exposes = new Set(
          Object.values(plan.phases)
            .flat()
            .flatMap((step) => (step.type === 'act' && step.exposure ? [step.target] : [])),
        );
        const verified = trace.ends('verify').filter((end) => end.index < index && end.ok);
        const touched = trace
          .calls('apply')
          .filter((call) => call.index < index && exposes.has(call.target!));
        for (const { target } of touched) {
          expect(
            verified.some((end) => end.target === target),
            `${target} was read again`,
          ).toBe(true);
        }
      }
      return retreats.length > 0 ? [`retreated, ${endingOf(world)}`] : [];
    });
    demand(counts, { 'retreated, completed': 5, 'retreated, rolled-back': 5 });
  });

  it('halts where it stands, with nothing left running behind it (300 runs)', async () => {
    const counts = await everyRun({ runs: 300 }, (world) => {
      const { trace, endedAt } = world;
      const halt = trace
        .events('decision')
        .find(({ event }) => event.reason.startsWith('halt: accepted, it ends where it stands'));
      if (!halt) return [];
      expect(endingOf(world)).toBe('halted');
      const late = trace
        .ends('apply', 'undo', 'restore')
        .filter(({ index, at }) => index > endedAt && at >= world.trace.events('ended')[0]!.at);
      expect(late, 'nothing ends after the rollout has').toEqual([]);
      return ['halted'];
    });
    demand(counts, { halted: 4 });
  });
});
