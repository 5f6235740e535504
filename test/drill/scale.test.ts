import { describe, expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { reversibleDigest } from '../../src/drill/coverage.js';
import { failurePointsOf } from '../../src/drill/points.js';
import { scaled } from '../../src/drill/scale.js';
import { validate } from '../../src/engine/plan/validate.js';

const plan = splitCustomerName.evaluate({});

describe('a plan in a shorter time', () => {
  const short = scaled(plan, { timeScale: 0.01 });

  it('has shorter windows and fewer samples, and the same points', () => {
    const [before, now] = [plan, short].map(({ guards, phases }) => ({
      soak: phases.soak[0],
      evidence: guards[0]?.evidence,
    }));
    expect(before).toMatchObject({ soak: { for: 86_400_000 }, evidence: { interval: 10_000 } });
    expect(now).toMatchObject({ soak: { for: 864_000 }, evidence: { interval: 200, minRequests: 1 } });
    expect(failurePointsOf(short)).toEqual(failurePointsOf(plan));
  });

  it('is a plan that the engine takes, and proves the same', () => {
    expect(() => validate(short)).not.toThrow();
    expect(reversibleDigest(short)).toBe(reversibleDigest(plan));
  });

  it('keeps the time that acts, undos and the first pass of the guards may take', () => {
    const { act, undo, preflight } = plan.deadlines;
    expect(short.deadlines).toMatchObject({ act, undo, preflight });
  });

  it('makes nothing longer, however short it is already', () => {
    const brief = splitCustomerName.evaluate({ canaryFor: '20ms', decideWithin: '50ms', askAfter: '10ms' });
    const found = scaled(brief, { timeScale: 0.5, failsAt: 'approve/go' });
    expect(found.phases.canary[1]).toMatchObject({ for: 20 });
    expect(found.phases.promote[0]).toMatchObject({ approval: { within: 50 } });
    expect(found.deadlines.ask).toBe(10);
  });

  it('leaves the watch open in which it is to fail, and lets only the gate expire at which it is to fail', () => {
    const [atWatch, atGate] = ['watch/canary-5', 'approve/go'].map(
      (failsAt) => scaled(plan, { timeScale: 0.001, failsAt }).phases,
    );
    expect(atWatch?.canary[1]).toMatchObject({ for: 1_800_000 });
    expect(atGate?.canary[1]).toMatchObject({ for: 1_800 });
    const within = 2 * 86_400_000;
    expect(atWatch?.promote[0]).toMatchObject({ approval: { within } });
    expect(atGate?.promote[0]).toMatchObject({ approval: { within: within / 1_000 } });
  });

  it('is the plan at the scale of 1', () => {
    expect(scaled(plan, { timeScale: 1 })).toEqual(plan);
  });
});
