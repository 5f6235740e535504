import fc from 'fast-check';
import { expect, it } from 'vitest';
import { actsOf } from '../../src/engine/plan/plan.js';
import { cases, met } from '../support/effort.js';
import { run, type World } from '../support/world.js';
import { plans } from '../support/world/plans.js';

const applied = ({ trace }: World) => trace.calls('apply').map(({ step, epoch }) => `${step}/${epoch}`);

it('an act that is cut short because its run is full goes on in the next one under the same key (300 runs)', async () => {
  let cut = 0;
  await fc.assert(
    fc.asyncProperty(plans(), fc.nat(60_000), async (plan, overflows) => {
      const whole = await run(plan, {});
      const parted = await run(plan, { overflows });
      const outcome = ({ ended }: World) => (ended instanceof Error ? ended.constructor.name : ended.type);
      expect(outcome(parted)).toBe(outcome(whole));
      expect(parted.after()).toBe(whole.after());
      expect(new Set(applied(parted))).toEqual(new Set(applied(whole)));
      // Whoever exposes, or does what cannot be taken back, does it once.
      const once = actsOf(plan).filter(({ exposure, undo }) => exposure ?? undo.type === 'irreversible');
      for (const { id } of once) {
        expect(parted.trace.calls('apply').filter(({ step }) => step === id).length).toBeLessThanOrEqual(1);
      }
      cut += applied(parted).length - applied(whole).length;
    }),
    { numRuns: cases(300) },
  );
  expect(cut).toBeGreaterThan(met(20));
});
