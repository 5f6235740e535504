import { FlagdCore } from '@openfeature/flagd-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exposureTargeting,
  isExpressible,
  percentOfTargeting,
  weightsOf,
} from '../../../activities/flags/targeting.js';

const arms = { candidate: 'on', baseline: 'off' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function flagdWith(percent: number, flag = 'split-name'): (key: string) => boolean {
  const core = new FlagdCore(undefined, silent);
  const targeting = exposureTargeting(arms, percent);
  const variants = { on: true, off: false };
  core.setConfigurations(
    JSON.stringify({ flags: { [flag]: { state: 'ENABLED', variants, defaultVariant: 'off', targeting } } }),
  );
  return (targetingKey) => core.resolveBooleanEvaluation(flag, false, { targetingKey }, silent).value;
}

const percentages = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 100_000 }).map((n) => n / 1_000),
);

describe('exposure as flagd evaluates it', () => {
  it('is sticky and monotone: whoever is in a share is in every larger one', () => {
    const keys = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(percentages, percentages, keys, (a, b, users) => {
        const [small, large] = [flagdWith(Math.min(a, b)), flagdWith(Math.max(a, b))];
        for (const user of users) {
          expect(small(user)).toBe(small(user));
          if (small(user)) expect(large(user)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([0, 0.5, 1, 5, 25, 50, 99.9, 100])('gives %s %% of the keys the candidate', (percent) => {
    const gives = flagdWith(percent);
    const users = 20_000;
    let exposed = 0;
    for (let user = 0; user < users; user++) if (gives(`customer-${user}`)) exposed++;
    const share = percent / 100;
    // Five standard deviations: 0 and 100 are exact.
    expect(Math.abs(exposed / users - share)).toBeLessThanOrEqual(
      5 * Math.sqrt((share * (1 - share)) / users),
    );
  });

  it('splits another flag by other people', () => {
    const [one, other] = [flagdWith(50), flagdWith(50, 'other')];
    const same = Array.from({ length: 400 }, (_, user) => one(`${user}`) === other(`${user}`));
    expect(same.filter(Boolean).length).toBeGreaterThan(100);
    expect(same.filter(Boolean).length).toBeLessThan(300);
  });
});

describe('a targeting', () => {
  it('is read back as the percent it was made of', () => {
    fc.assert(
      fc.property(percentages, (percent) => {
        expect(isExpressible(percent)).toBe(true);
        expect(percentOfTargeting(arms, exposureTargeting(arms, percent))).toBe(percent);
        for (const weight of weightsOf(percent)) expect(Number.isInteger(weight)).toBe(true);
      }),
    );
  });

  it('is written as flagd documents it', () => {
    expect(exposureTargeting(arms, 5)).toEqual({
      fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }, ['on', 5], ['off', 95]],
    });
  });

  const ours = exposureTargeting(arms, 5) as { fractional: readonly [object, ...(readonly unknown[])[]] };
  const [bucketing] = ours.fractional;
  it.each([
    ['a condition', { if: [true, 'on', 'off'] }],
    ['another bucketing', { fractional: [{ var: 'email' }, ['on', 5], ['off', 95]] }],
    [
      'the baseline first: its shares would not be sticky',
      { fractional: [bucketing, ['off', 95], ['on', 5]] },
    ],
    ['a third arm', { fractional: [bucketing, ['on', 5], ['off', 90], ['gold', 5]] }],
    ['other variants', { fractional: [bucketing, ['blue', 5], ['off', 95]] }],
    ['weights that flagd refuses', { fractional: [bucketing, ['on', 0.5], ['off', 99.5]] }],
    ['something beside it', { ...ours, if: [true] }],
    ['a text', 'on'],
  ])('is not ours with %s', (_, targeting) => {
    expect(percentOfTargeting(arms, JSON.parse(JSON.stringify(targeting)) as never)).toBeUndefined();
  });
});
