import { describe, expect, it } from 'vitest';
import { failing } from '../../../apps/worker/drill/failing.js';
import type { DrillStore } from '../../../activities/records/drills.js';
import type { Failure } from '../../../src/drill/points.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import { work } from '../../../src/testing/index.js';

/** A rollout that is to fail at a step, and what became of it. */
function given(step: string, failure: Failure) {
  const seen: string[] = [];
  let crashed = false;
  const drills = {
    planned: () => Promise.resolve({ point: { step, failure }, crashed }),
    async crashed() {
      crashed = true;
    },
  } as unknown as DrillStore;
  const apply = async () => {
    seen.push('applied');
    return {};
  };
  const verb = failing(apply, drills, () => void seen.push('died'));
  const input = { act: { id: 'add/x' } as Act, key: { rollout: 'r', step: 'add/x', epoch: 0 } };
  return { seen, apply: () => verb(input, work()) };
}

describe('an act that a drill makes fail', () => {
  it('has no effect when it fails before it', async () => {
    const { seen, apply } = given('add/x', 'before-effect');
    await expect(apply()).rejects.toThrow('add/x: was made to fail before its effect');
    expect(seen).toEqual([]);
  });

  it('has had its effect when it fails after it', async () => {
    const { seen, apply } = given('add/x', 'after-effect');
    await expect(apply()).rejects.toThrow('add/x: was made to fail after its effect');
    expect(seen).toEqual(['applied']);
  });

  it('dies with its worker after its effect, and fails when the next one has done it again', async () => {
    const { seen, apply } = given('add/x', 'crash');
    // Nobody hears of the first one.
    await Promise.race([apply(), new Promise((resolve) => setImmediate(resolve))]);
    expect(seen).toEqual(['applied', 'died']);
    await expect(apply()).rejects.toThrow('add/x: was made to fail after a crash of its worker');
    expect(seen).toEqual(['applied', 'died', 'applied']);
  });

  it('is carried out as ever at any other step', async () => {
    for (const failure of ['before-effect', 'after-effect', 'crash'] as const) {
      const { seen, apply } = given('add/y', failure);
      expect(await apply()).toEqual({});
      expect(seen).toEqual(['applied']);
    }
  });
});
