import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import { planDiff } from '../../src/engine/plan/plan-diff.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';

const plan = (params: JsonObject = {}): Plan => splitCustomerName.evaluate(params);

describe('two plans', () => {
  it('that are the same do not differ', () => {
    expect(planDiff(plan(), plan())).toEqual([]);
  });

  it('differ by a member, named with its step', () => {
    expect(planDiff(plan({ soakFor: '1h' }), plan({ soakFor: '2h' }))).toEqual([
      { at: 'params.soakFor', before: '1h', after: '2h' },
      { at: 'step watch/soak: for', before: 3_600_000, after: 7_200_000 },
    ]);
  });

  it('differ by a step that only one of them has, which is told whole', () => {
    const changes = planDiff(plan({ canary: [5] }), plan({ canary: [5, 25] }));
    const come = changes.filter(({ at, before }) => at.startsWith('step ') && before === undefined);
    expect(come.map(({ at }) => at)).toEqual(['step expose/split-name/25', 'step watch/canary-25']);
    expect(come[0]?.after).toMatchObject({ phase: 'canary', exposure: { percent: 25 } });
    const gone = planDiff(plan({ canary: [5, 25] }), plan({ canary: [5] }));
    expect(gone.filter(({ after }) => after === undefined).map(({ at }) => at)).toEqual(
      come.map(({ at }) => at),
    );
  });

  it('differ by the order of what both have', () => {
    const before = plan();
    const [first, second, ...rest] = before.phases.expand;
    if (!first || !second) throw new Error('the runbook has two steps to swap');
    const after = { ...before, phases: { ...before.phases, expand: [second, first, ...rest] } };
    expect(planDiff(before, after).map(({ at }) => at)).toEqual(['order of steps']);
  });

  it('differ by an absent member, and not by one that is undefined', () => {
    const before = plan();
    const within = (value: number | undefined): Plan => ({
      ...before,
      phases: {
        ...before.phases,
        expand: before.phases.expand.map((step) => ({ ...step, within: value })),
      } as unknown as Plan['phases'],
    });
    expect(planDiff(within(undefined), within(undefined))).toEqual([]);
    expect(planDiff(within(undefined), within(5))[0]).toMatchObject({ after: 5 });
  });
});
