import { describe, expect, it } from 'vitest';
import resizeConsumers from '../../runbooks/resize-consumers.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { mutantName, mutantsOf, mutated, type Mutant } from '../../src/drill/mutants.js';
import { failurePointsOf } from '../../src/drill/points.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { equivalentInMemory } from '../mutants/equivalent.js';
import { drillPoint } from '../../src/testing/memory/drill-point.js';

async function turnsRed(plan: Plan, mutant: Mutant): Promise<boolean> {
  const spoilt = mutated(plan, mutant);
  for (const point of failurePointsOf(spoilt)) {
    if ((await drillPoint(spoilt, point, [], mutant)).length > 0) return true;
  }
  return false;
}

describe.each([splitCustomerName, resizeConsumers])('a spoilt way back of $name', (runbook) => {
  const plan = runbook.evaluate({});
  it.each(mutantsOf(plan).map((mutant) => [mutantName(mutant), mutant] as const))(
    'turns the drill red: %s',
    async (name, mutant) => {
      expect(await turnsRed(plan, mutant)).toBe(equivalentInMemory[name] === undefined);
    },
  );
});
