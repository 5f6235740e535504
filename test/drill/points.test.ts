import { describe, expect, it } from 'vitest';
import resizeConsumers from '../../runbooks/resize-consumers.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { coverageOf, pointsToCover, reversibleDigest, unproven } from '../../src/drill/coverage.js';
import { failurePointsOf, pointName } from '../../src/drill/points.js';

const plan = splitCustomerName.evaluate({});

describe('the points of a plan', () => {
  it('are three for each act, two for each watch and gate', () => {
    const points = failurePointsOf(plan);
    expect(points).toHaveLength(9 * 3 + 5 * 2 + 2 * 2);
    expect(new Set(points.map(pointName)).size).toBe(points.length);
  });

  it('are past the point of no return once an irreversible act may have had its effect', () => {
    const past = failurePointsOf(plan).filter(({ pastReturn }) => pastReturn);
    expect(past.map(pointName)).toEqual(['purge/shop.customer after-effect', 'purge/shop.customer crash']);
    expect(past.every(({ expects }) => expects === 'halted')).toBe(true);
  });

  it('expect to halt where the plan itself lets a gate halt', () => {
    const phases = { ...plan.phases, promote: plan.phases.promote.map(haltingGate) };
    const found = failurePointsOf({ ...plan, phases }).find(
      (point) => pointName(point) === 'approve/go expire',
    );
    expect(found).toMatchObject({ expects: 'halted', pastReturn: false });
  });
});

describe('coverage', () => {
  const names = pointsToCover(plan).map(pointName);

  it('is what was proven of what there is', () => {
    expect(coverageOf(plan, [])).toBe(0);
    expect(coverageOf(plan, names)).toBe(1);
    expect(coverageOf(plan, names.slice(0, 10))).toBeCloseTo(10 / names.length);
  });

  it('counts nothing that is not of this plan, and nothing twice', () => {
    expect(coverageOf(plan, ['someone/else crash', names[0]!, names[0]!])).toBeCloseTo(1 / names.length);
  });

  it('names what is not proven, in the order of the plan', () => {
    expect(unproven(plan, names.slice(1)).map(pointName)).toEqual([names[0]]);
  });

  it('of a plan without a way back is none', () => {
    const nothing = { expand: [], canary: [], soak: [], promote: [], contract: [] };
    expect(coverageOf({ ...plan, phases: nothing }, [])).toBe(0);
  });
});

describe('the digest of what a drill proves', () => {
  it('stays when only times and words change', () => {
    const longer = splitCustomerName.evaluate({ canaryFor: '2h', soakFor: '48h' });
    expect(reversibleDigest({ ...longer, why: 'For another reason.' })).toBe(reversibleDigest(plan));
  });

  it('changes with an act, its way back, and the order', () => {
    const [first, ...rest] = plan.phases.expand;
    const reordered = { ...plan.phases, expand: [...rest, first!] };
    const more = splitCustomerName.evaluate({ canary: [5, 25, 50] });
    const digests = [{ ...plan, phases: reordered }, more, resizeConsumers.evaluate({})].map(
      reversibleDigest,
    );
    expect(new Set([reversibleDigest(plan), ...digests]).size).toBe(4);
  });

  it('does not see what comes after the point of no return', () => {
    const contract = plan.phases.contract.slice(0, -1);
    const shorter = { ...plan, phases: { ...plan.phases, contract } };
    expect(reversibleDigest(shorter)).toBe(reversibleDigest(plan));
  });
});

function haltingGate<S extends { readonly type: string }>(step: S): S {
  if (step.type !== 'gate' || !('approval' in step)) return step;
  return { ...step, approval: { ...(step.approval as object), onExpiry: 'halt' } };
}
