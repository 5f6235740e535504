import { describe, expect, it } from 'vitest';
import { stepsOf, type Act, type Plan } from '../../src/engine/plan/plan.js';
import { run, type Script, type World } from '../support/world.js';
import { act, byAction, expose, planOf, watch } from '../support/world/plans.js';
import { actOf, demand, endingOf, everyRun, unwindingAt } from '../support/world/property.js';

/** The first call with which each act, or each exposed target, is taken back. */
function firstUndos(world: World): { act: Act; at: number; index: number }[] {
  const began = unwindingAt(world)!;
  const seen = new Set<string>();
  return world.trace.calls('undo', 'restore').flatMap((call) => {
    if (call.index < began.index || seen.has(call.step!)) return [];
    seen.add(call.step!);
    return [{ act: actOf(world, call.step), at: call.at, index: call.index }];
  });
}

/** Exposure was on its way back already when the rollback began: that undo ends before another begins. */
function interruptedRetreat({ trace }: World): boolean {
  return trace.events('retreating').length > trace.events('retreated').length;
}

function kindOf({ removesFromBaseline, exposure }: Act): 0 | 1 | 2 {
  return removesFromBaseline ? 0 : exposure ? 1 : 2;
}

describe('rule 2: unwinding', () => {
  it('captures a target before the first act on it, and never a state it made itself (300 runs)', async () => {
    await everyRun({}, ({ trace, plan, state, before }) => {
      const targets = [
        ...new Set(stepsOf(plan).flatMap(({ step }) => (step.type === 'act' ? [step.target] : []))),
      ];
      const known = JSON.parse(before) as unknown[];
      targets.sort().forEach((target, index) => {
        const first = trace.calls('apply').find((call) => call.target === target);
        if (!first) return;
        const captured = trace.ends('capture').find((end) => end.ok && end.target === target);
        expect(captured && captured.index < first.index, `${target} was captured first`).toBe(true);
        expect(state.captures[target]?.state).toEqual(known[index]);
      });
    });
  });

  it('takes back what it took, then exposure, then the rest in reverse order of start (400 runs)', async () => {
    const counts = await everyRun({ plan: { exposes: true }, runs: 400 }, (world) => {
      if (!unwindingAt(world)) return [];
      const undos = firstUndos(world);
      const kinds = undos.map((undo) => kindOf(undo.act));
      expect(kinds, 'takers, exposure, others').toEqual([...kinds].sort((a, b) => a - b));
      for (const kind of [0, 2] as const) {
        const of = undos.filter((undo) => kindOf(undo.act) === kind);
        const order = of.map((undo) => world.state.started.indexOf(undo.act.id));
        expect(order, 'reverse order of start').toEqual([...order].sort((a, b) => b - a));
      }
      return kinds.map((kind) => ['took', 'exposed', 'others'][kind]!);
    });
    demand(counts, { took: 1, exposed: 30, others: 30 });
  });

  it('returns each exposed target to its capture in one hop, in the instant of the stop (400 runs)', async () => {
    const counts = await everyRun({ plan: { exposes: true }, runs: 400 }, (world) => {
      const began = unwindingAt(world);
      if (!began) return [];
      const { trace, state } = world;
      const started = state.started.map((id) => actOf(world, id));
      const takers = started.some(({ removesFromBaseline }) => removesFromBaseline);
      const exposed = [...new Set(started.filter(({ exposure }) => exposure).map(({ target }) => target))];
      const changes = trace
        .of('change')
        .filter(({ verb, index }) => verb === 'restore' && index > began.index);
      for (const target of exposed) {
        const call = trace.calls('restore').find((one) => one.target === target && one.index > began.index);
        // What was taken from the baseline comes back first; an operator who halts there leaves the rest as it is.
        if (!call && takers && endingOf(world) === 'halted') continue;
        if (!call && interruptedRetreat(world)) continue;
        expect(call?.input).toMatchObject({ capture: state.captures[target] });
        if (!takers && !interruptedRetreat(world))
          expect(call?.at, `${target} is restored at once`).toBe(began.at);
        expect(changes.filter((change) => change.target === target).length).toBeLessThanOrEqual(1);
      }
      return exposed.length > 1 ? ['two targets'] : exposed.length > 0 ? ['exposed'] : [];
    });
    demand(counts, { 'two targets': 2, exposed: 20 });
  });

  it('cancels the act that runs at once, and lets no other undo begin before it has ended (400 runs)', async () => {
    const counts = await everyRun({ plan: { exposes: true }, runs: 400 }, (world) => {
      const began = unwindingAt(world);
      if (!began) return [];
      const { trace } = world;
      const open = trace
        .calls('apply')
        .find(
          (call) => call.index < began.index && (trace.endOf(call.call)?.index ?? Infinity) > began.index,
        );
      if (!open) return [];
      const cancel = trace.of('cancel').find(({ call }) => call === open.call);
      expect(cancel?.at, `${open.step} was cancelled at once`).toBe(began.at);
      const end = trace.endOf(open.call);
      for (const undo of firstUndos(world)) {
        const waits = kindOf(undo.act) === 2 || undo.act.id === open.step;
        if (!waits || undo.act.exposure) continue;
        expect(end && end.index < undo.index, `${undo.act.id} waited for ${open.step}`).toBe(true);
      }
      return ['interrupted'];
    });
    demand(counts, { interrupted: 5 });
  });

  it('lets requests drain between the end of exposure and the first of the other undos (400 runs)', async () => {
    const counts = await everyRun({ plan: { exposes: true }, runs: 400 }, (world) => {
      if (!unwindingAt(world)) return [];
      const { trace, state } = world;
      const drains = state.started.map((id) => actOf(world, id).exposure?.drain ?? -1);
      const drain = Math.max(-1, ...drains);
      // Nothing waits for what an operator left out: its restore may have been under way, and land late.
      const leftOut = (step: string) => state.steps[step]?.status === 'skipped';
      const restored = trace
        .of('change')
        .filter(
          ({ verb, target, step }) => verb === 'restore' && target.startsWith('flag:') && !leftOut(step),
        );
      const other = firstUndos(world).find((undo) => kindOf(undo.act) === 2);
      const last = restored.at(-1);
      if (drain < 0 || !other || !last) return [];
      expect(other.at - last.at, `${drain} ms to drain`).toBeGreaterThanOrEqual(drain);
      return ['drained'];
    });
    demand(counts, { drained: 8 });
  });

  it('takes nothing that the candidate needs before nobody is served it, or an operator says so (400 runs)', async () => {
    const late = [0, 2, 40, Infinity] as const;
    const change = (script: Script, plan: Plan): Script => {
      const times = late[JSON.stringify(plan).length % late.length]!;
      return { ...script, behaviours: { ...script.behaviours, observe: { times } } };
    };
    const counts = await everyRun({ plan: { exposes: true }, runs: 400, change }, (world) => {
      if (!unwindingAt(world)) return [];
      const { trace, state } = world;
      const other = firstUndos(world).find(
        ({ act: { exposure, removesFromBaseline, undo } }) =>
          !exposure && !removesFromBaseline && undo.type !== 'nothing',
      );
      if (!other) return [];
      const exposed = new Set(
        state.started.map((id) => actOf(world, id)).flatMap((act) => (act.exposure ? [act.target] : [])),
      );
      const began = unwindingAt(world)!;
      for (const target of exposed) {
        const said = trace
          .of('event')
          .find(
            ({ index, event }) =>
              event.type === 'unserved' && index > began.index && event.reason.startsWith(target),
          );
        expect(said && said.index < other.index, `${target} is served to nobody`).toBe(true);
        const asked = trace
          .ends('observe')
          .some((end) => end.ok && end.target === target && end.index < other.index);
        if (!asked) expect(said?.event.by, 'somebody did not wait for it').toBeDefined();
      }
      const called = trace.events('still-served').length > 0;
      return exposed.size === 0 ? [] : called ? ['late'] : ['in time'];
    });
    demand(counts, { 'in time': 20, late: 5 });
  });

  it('calls somebody while an application still serves the candidate, and goes on by itself when it stops', async () => {
    const plan = planOf({
      expand: [act('do/1', 'table:x', byAction)],
      canary: [expose('a', 5, 1_000), watch('1')],
    });
    const world = await run(plan, {
      behaviours: { 'observe expose/a/5': { times: 30 } },
      people: [{ on: 'watch-started', after: 1_000, write: () => abort }],
      rescued: false,
    });
    expect(endingOf(world)).toBe('rolled-back');
    const { trace } = world;
    const [called] = trace.events('still-served');
    const told = trace.calls('notify').find(({ index }) => index > called!.index);
    expect(told?.input).toMatchObject({
      urgency: 'incident',
      text: expect.stringContaining('flag:a went back'),
    });
    expect(trace.calls('undo')[0]!.at - called!.at).toBeGreaterThan(10_000);
    expect(trace.events('needs-operator')).toEqual([]);
  });

  it('restores and drains again when an exposure lands after its restore', async () => {
    const plan = planOf({
      expand: [act('do/1', 'table:x', byAction)],
      canary: [expose('a', 5, 8_000), watch('1')],
    });
    const world = await run(plan, {
      restoreFences: false,
      behaviours: { 'apply expose/a/5': { takes: 20_000, cancel: 'ignores' } },
      people: [{ on: 'act-started', nth: 2, after: 1_000, write: () => abort }],
    });
    expect(world.ended).toMatchObject({ type: 'rolled-back' });
    const [first, again] = world.trace.of('change').filter(({ verb }) => verb === 'restore');
    expect(first).toBeDefined();
    expect(again).toBeUndefined();
    const undo = world.trace.calls('undo')[0]!;
    expect(undo.at - first!.at).toBeGreaterThanOrEqual(8_000);
    expect(endingOf(world)).toBe('rolled-back');
  });
});

const abort = { type: 'abort', id: 'abort', by: { name: 'tom', groups: [] } } as const;
