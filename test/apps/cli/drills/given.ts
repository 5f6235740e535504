import splitCustomerName from '../../../../runbooks/split-customer-name.js';
import { pointsToCover, reversibleDigest } from '../../../../src/drill/coverage.js';
import { failurePointsOf } from '../../../../src/drill/points.js';
import { sealed, timesOf, type DrilledPoint, type DrillRecord } from '../../../../src/drill/record.js';
import { stepsOf } from '../../../../src/engine/plan/plan.js';
import { planDigest } from '../../../../src/engine/plan/plan-digest.js';

/** When the drill began. */
export const drilledAt = Date.UTC(2026, 10, 30, 3, 15);
/** While its record proves something. */
export const fresh = drilledAt + 3_600_000;

const plan = splitCustomerName.evaluate({});

/** Every point of the demo's runbook, as a drill finds it that comes back from all of them. */
export function allPoints(): DrilledPoint[] {
  const steps = stepsOf(plan).map(({ step }) => step);
  return failurePointsOf(plan).map((point, index) => {
    const { type } = steps.find(({ id }) => id === point.step)!;
    const exposed = ['canary', 'soak', 'promote'].includes(point.phase);
    return {
      ...point,
      kind: type,
      result: 'passed',
      outcome: point.expects,
      differences: [],
      ...(!point.pastReturn && {
        restored: {
          ...(exposed && { exposure: 40 + index }),
          data: 300 + 13 * index,
          verified: 420 + 17 * index,
        },
      }),
      rowsCompared: 600,
      rowsLost: 0,
    };
  });
}

/** A sealed record of those points. */
export function aRecord(about: Partial<Omit<DrillRecord, 'hash'>> = {}): DrillRecord {
  const points = about.points ?? allPoints();
  const proven = points.filter(({ result, pastReturn }) => result === 'passed' && !pastReturn).length;
  const toCover = pointsToCover(plan).length;
  return sealed({
    format: 1,
    drill: 'drill/drills/split-customer-name/1',
    runbook: plan.runbook,
    digest: planDigest(plan),
    reversibleDigest: reversibleDigest(plan),
    build: '0.1.0-3fa9c1',
    environment: 'drills',
    startedBy: 'ana',
    startedAt: drilledAt,
    endedAt: drilledAt + 214_000,
    // Commands ask what time it is: long after anybody runs these tests.
    expiresAt: Date.UTC(2999, 0, 1),
    timeScale: 0.001,
    points,
    pointsToCover: toCover,
    coverage: proven / toCover,
    timeToRestore: timesOf(points),
    restoreWithin: 2_000,
    rowsCompared: points.reduce((sum, { rowsCompared }) => sum + rowsCompared, 0),
    rowsLost: points.reduce((sum, { rowsLost }) => sum + rowsLost, 0),
    pastReturn: points.filter(({ pastReturn }) => pastReturn).length,
    notSimulated: [
      'Load of production: 200 rows were there, and 3 clients wrote.',
      'A loss of the machine that PostgreSQL runs on.',
    ],
    lastSeenRed: drilledAt - 86_400_000,
    ...about,
  });
}

/** The same drill with a point that did not come back. */
export function aRedRecord(): DrillRecord {
  const points = allPoints().map((point) =>
    point.step === 'backfill/shop.customer' && point.failure === 'crash'
      ? {
          ...point,
          result: 'failed' as const,
          outcome: 'halted' as const,
          differences: [
            'column shop.customer.first_name is there, and was not before',
            '<b>2 rows</b> of shop.customer are gone (key 4, 7)',
          ],
          rowsLost: 2,
        }
      : point,
  );
  return aRecord({ points });
}
