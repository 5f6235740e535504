import { describe, expect, it } from 'vitest';
import { isSealed, provenOf, sealed, timesOf, type DrilledPoint } from '../../src/drill/record.js';

function point(about: Partial<DrilledPoint> = {}): DrilledPoint {
  return {
    phase: 'expand',
    step: 'add-columns/shop.customer',
    failure: 'after-effect',
    kind: 'act',
    expects: 'rolled-back',
    pastReturn: false,
    result: 'passed',
    outcome: 'rolled-back',
    differences: [],
    restored: { verified: 100 },
    rowsCompared: 10,
    rowsLost: 0,
    ...about,
  };
}

const record = sealed({
  format: 1,
  drill: 'drill/drills/split-customer-name/1',
  runbook: 'split-customer-name',
  digest: 'a'.repeat(64),
  reversibleDigest: 'b'.repeat(64),
  build: 'build-1',
  environment: 'drills',
  startedBy: 'ana',
  startedAt: 1,
  endedAt: 2,
  expiresAt: 3,
  timeScale: 1,
  points: [point()],
  pointsToCover: 1,
  coverage: 1,
  timeToRestore: timesOf([point()]),
  rowsCompared: 10,
  rowsLost: 0,
  pastReturn: 0,
  notSimulated: [],
});

describe("a drill's record", () => {
  it('is seen to be edited, whatever was edited', () => {
    expect(isSealed(record)).toBe(true);
    expect(isSealed(JSON.parse(JSON.stringify(record)))).toBe(true);
    expect(isSealed({ ...record, coverage: 0.9 })).toBe(false);
    expect(isSealed({ ...record, points: [point({ rowsLost: 1 })] })).toBe(false);
    expect(isSealed({ ...record, lastSeenRed: 5 })).toBe(false);
  });

  it('proves the points that passed before the point of no return', () => {
    const points = [point(), point({ result: 'failed' }), point({ pastReturn: true, expects: 'halted' })];
    expect(provenOf({ points })).toEqual([points[0]]);
  });

  it('tells each time to restore apart, and none where there is none', () => {
    const times = [100, 300, 200, 400].map((verified) => point({ restored: { verified } }));
    expect(timesOf([...times, point({ restored: { exposure: 7, verified: 500 } })])).toEqual({
      exposure: { median: 7, worst: 7 },
      verified: { median: 300, worst: 500 },
    });
    expect(timesOf([])).toEqual({});
  });
});
