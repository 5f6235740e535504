import { describe, expect, it } from 'vitest';
import resizeConsumers from '../../runbooks/resize-consumers.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { failurePointsOf, pointName } from '../../src/drill/points.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { drill } from '../../src/testing/drill.js';
import { drillCompletion, drillPoint } from '../../src/testing/memory/drill-point.js';
import type { MemorySystem } from '../../src/testing/memory/system.js';

drill(splitCustomerName, { on: 'memory' });
drill(resizeConsumers, { on: 'memory' });

describe('a drill in memory', () => {
  it('finds that an undo takes back too little', async () => {
    const plan = withUndoOf('add-columns/shop.customer', { columns: ['first_name'] });
    expect(await faultsAt(plan, 'approve/go reject')).toMatch(/is called|ends halted/);
  });

  it('finds acts in an order that cannot be', async () => {
    const plan = splitCustomerName.evaluate({});
    const phases = { ...plan.phases, expand: [...plan.phases.expand].reverse() };
    expect(await drillCompletion({ ...plan, phases })).toMatch(/not every row has both shapes/);
  });

  it("takes what a team's own actions do from the team", async () => {
    const counting: MemorySystem = {
      name: 'queue',
      untouched: { consumers: 4, resizes: 0 },
      perform: ({ resizes }, { input }) => ({ consumers: input['consumers'], resizes: Number(resizes) + 1 }),
    };
    const plan = resizeConsumers.evaluate({});
    expect(await drillCompletion(plan, [counting])).toBeUndefined();
    expect(await faultsAt(plan, 'approve/keep reject', [counting])).toBe('');
  });
});

function withUndoOf(id: string, input: { readonly columns: readonly string[] }): Plan {
  const plan = splitCustomerName.evaluate({});
  const expand = plan.phases.expand.map((step) =>
    step.id === id && step.type === 'act' && step.undo.type === 'act'
      ? {
          ...step,
          undo: { ...step.undo, do: { ...step.undo.do, input: { ...step.undo.do.input, ...input } } },
        }
      : step,
  );
  return { ...plan, phases: { ...plan.phases, expand } };
}

async function faultsAt(plan: Plan, name: string, systems: readonly MemorySystem[] = []): Promise<string> {
  const point = failurePointsOf(plan).find((one) => pointName(one) === name);
  if (!point) throw new TypeError(`${name} is no point of the plan`);
  return (await drillPoint(plan, point, systems)).join('; ');
}
