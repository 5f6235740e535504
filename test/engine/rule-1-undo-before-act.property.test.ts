import { describe, expect, it } from 'vitest';
import { run } from '../support/world.js';
import { act, byAction, guard, planOf } from '../support/world/plans.js';
import { actOf, demand, endingOf, everyRun, unwindingAt } from '../support/world/property.js';

describe('rule 1: an undo is registered before its act starts', () => {
  it('registers before every apply, and says so first (300 runs)', async () => {
    const counts = await everyRun({}, ({ trace }) => {
      for (const call of trace.calls('apply')) {
        expect(call.registered, `${call.step} was registered`).toBe(true);
        const said = trace
          .events('act-started')
          .some(
            ({ index, event }) =>
              index < call.index && event.step === call.step && event.epoch === call.epoch,
          );
        expect(said, `${call.step} was journalled as started before it started`).toBe(true);
      }
    });
    demand(counts, { 'rolled-back': 30, completed: 10 });
  });

  it('takes back every act that had an effect, whole, half or unheard (400 runs)', async () => {
    const counts = await everyRun(
      { plan: { reversible: true }, script: { outages: false }, runs: 400 },
      (world) => {
        if (endingOf(world) !== 'rolled-back') return [];
        const { trace } = world;
        const began = unwindingAt(world)!;
        const seen: string[] = [];
        // Skipping the restore of a target leaves all its exposures to the operator.
        const skipped = trace
          .events('undone')
          .flatMap(({ event }) => (event.by ? [actOf(world, event.step)] : []));
        for (const change of trace
          .of('change')
          .filter(({ verb, index }) => verb === 'apply' && index < began.index)) {
          const of = actOf(world, change.step);
          if (skipped.some(({ id, exposure, target }) => id === of.id || (exposure && target === of.target)))
            continue;
          const undone = trace.ends('undo', 'restore').some((end) => {
            const sameTarget = of.undo.type === 'restore' && end.target === of.target;
            return end.ok && end.index > change.index && (end.step === of.id || sameTarget);
          });
          expect(undone, `${of.id} was taken back`).toBe(true);
          const heard = trace.ends('apply').some(({ step, ok }) => step === of.id && ok);
          seen.push(heard ? 'whole' : 'half or unheard');
        }
        return seen;
      },
    );
    demand(counts, { whole: 15, 'half or unheard': 1 });
  });

  it('starts no act, and reads no target, before every guard has passed once (300 runs)', async () => {
    const counts = await everyRun({}, ({ plan, trace }) => {
      const first = trace.calls('capture', 'apply')[0];
      if (!first) return ['nothing was touched'];
      for (const { name } of plan.guards) {
        const passed = trace
          .of('taken')
          .some(
            ({ index, message }) =>
              index < first.index &&
              message.type === 'evidence' &&
              message.readings.some((reading) => reading.guard === name && reading.verdict === 'pass'),
          );
        expect(passed, `${name} passed before ${first.verb} ${first.step}`).toBe(true);
      }
      return [];
    });
    demand(counts, { refused: 3, 'nothing was touched': 3 });
  });

  it('refuses without touching anything when a guard does not pass in time', async () => {
    const plan = planOf({ expand: [act('do/1', 'table:x', byAction)] }, [guard('good'), guard('bad')]);
    const { ended, trace } = await run(plan, {
      sentinel: { turns: [{ at: 0, guard: 1, verdict: 'inconclusive' }] },
    });
    expect(ended).toMatchObject({ type: 'refused', reason: expect.stringContaining('bad') });
    expect(trace.calls('capture', 'apply', 'undo', 'restore')).toEqual([]);
  });
});
