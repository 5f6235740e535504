import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/engine/base/errors.js';
import { formatDuration, milliseconds, type Duration } from '../../src/engine/base/duration.js';

describe('milliseconds', () => {
  it.each<[Duration, number]>([
    ['1ms', 1],
    ['1.5s', 1_500],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['0.5d', 43_200_000],
  ])('reads %s', (text, ms) => {
    expect(milliseconds(text)).toBe(ms);
  });

  it.each(['', '5', 's', '-5s', '0s', '0.0h', '5 s', '5S', '1e3s', '1h30m', '.5s', '5.s', 'NaNs', '٣s'])(
    'refuses %j, names it, and says what to write',
    (text) => {
      expect(() => milliseconds(text as Duration)).toThrow(`"${text}": is not a duration`);
      expect(() => milliseconds(text as Duration)).toThrow('such as 30m');
    },
  );

  it.each(['0.1ms', `${'9'.repeat(400)}d`, '99999999999999d'])(
    'refuses %s, which is no count of milliseconds',
    (text) => {
      expect(() => milliseconds(text as Duration)).toThrow(Refusal);
    },
  );
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [1_500, '1.5s'],
    [60_000, '1m'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [604_800_000, '7d'],
    [90_000_000, '1d1h'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('says at most one per cent, or one unit, less than it is (500 runs)', () => {
    const sizes = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (ms) => {
        const parts = [...formatDuration(ms).matchAll(/([\d.]+)(ms|s|m|h|d)/g)];
        const said = parts.reduce((sum, [, count, unit]) => sum + Number(count) * sizes[unit as 'ms'], 0);
        expect(Math.abs(said - ms)).toBeLessThan(Math.max(100, ms / 24));
      }),
      { numRuns: 500 },
    );
  });
});
