import { pointName } from '../../src/drill/points.js';
import { provenOf, type DrilledPoint, type DrillRecord } from '../../src/drill/record.js';

/** What `npm run drill:demo -- -o json` prints as the last line. */
export interface DrillSummary {
  readonly digest: string;
  /** Of those before the point of no return: how many there are, were drilled, and came back. */
  readonly points: number;
  readonly drilled: number;
  readonly passed: number;
  /** After it: all that were seen to halt. */
  readonly pastReturn: number;
  readonly failed: readonly { readonly point: string; readonly differences: readonly string[] }[];
  /** 0 to 1. */
  readonly coverage: number;
  /** Until everything was verified, and until nobody had the candidate any more, in milliseconds. */
  readonly timeToRestoreMs: { readonly p50: number; readonly max: number; readonly exposureMax: number };
  readonly rowsLost: number;
}

/** A record in the figures that people compare. */
export function summaryOf(record: DrillRecord): DrillSummary {
  const { points, timeToRestore } = record;
  const before = points.filter(({ pastReturn }) => !pastReturn);
  const { verified, exposure } = timeToRestore;
  return {
    digest: record.digest,
    points: record.pointsToCover,
    drilled: before.length,
    passed: provenOf(record).length,
    pastReturn: points.filter(({ pastReturn, result }) => pastReturn && result === 'passed').length,
    failed: points.filter(({ result }) => result === 'failed').map(failureOf),
    coverage: record.coverage,
    timeToRestoreMs: {
      p50: verified?.median ?? 0,
      max: verified?.worst ?? 0,
      exposureMax: exposure?.worst ?? 0,
    },
    rowsLost: record.rowsLost,
  };
}

function failureOf(point: DrilledPoint): DrillSummary['failed'][number] {
  return { point: pointName(point), differences: point.differences };
}
