import { formatDuration } from '../../../src/engine/base/duration.js';
import type { DrillRecord } from '../../../src/drill/record.js';
import { table } from '../table.js';
import { moment } from '../words.js';
import { percent, verdictOf, type Verdict } from './words.js';

/** One drill of a runbook among the others. Times in milliseconds. */
export interface PastDrill {
  readonly drill: string;
  readonly environment: string;
  /** Unix ms. */
  readonly at: number;
  readonly build: string;
  readonly reversibleDigest: string;
  readonly verdict: Verdict['is'];
  readonly coverage: number;
  readonly failed: number;
  readonly timeToRestore: DrillRecord['timeToRestore'];
  /** By how much its worst time to restore is longer (or shorter) than that of the drill before it. */
  readonly worstBy?: number;
  /** The reversible part of the plan is another than that of the drill before it. */
  readonly changed?: true;
}

/**
 * How a runbook's drills went, the newest first, each compared with the one before it in the same environment.
 *
 * @param records of one runbook, in any order
 * @param now milliseconds since the epoch
 */
export function historyOf(records: readonly DrillRecord[], now: number): readonly PastDrill[] {
  const before = new Map<string, DrillRecord>();
  const inOrder = [...records].sort((a, b) => a.startedAt - b.startedAt);
  return inOrder
    .map((record) => {
      const last = before.get(record.environment);
      before.set(record.environment, record);
      const [worst, was] = [record.timeToRestore.verified?.worst, last?.timeToRestore.verified?.worst];
      return {
        drill: record.drill,
        environment: record.environment,
        at: record.startedAt,
        build: record.build,
        reversibleDigest: record.reversibleDigest,
        verdict: verdictOf(record, now).is,
        coverage: record.coverage,
        failed: record.points.filter(({ result }) => result === 'failed').length,
        timeToRestore: record.timeToRestore,
        ...(worst !== undefined && was !== undefined && { worstBy: worst - was }),
        ...(last && last.reversibleDigest !== record.reversibleDigest && { changed: true as const }),
      };
    })
    .reverse();
}

/** The same as a table, with a bar for each worst time to restore. */
export function historyText(drills: readonly PastDrill[]): string {
  const longest = Math.max(1, ...drills.map(({ timeToRestore }) => timeToRestore.verified?.worst ?? 0));
  return table(
    ['at', 'environment', 'verdict', 'coverage', 'median', 'worst', 'moved', '', 'plan'],
    drills.map(({ at, environment, verdict, coverage, timeToRestore: { verified }, worstBy, changed }) => [
      moment(at),
      environment,
      verdict,
      percent(coverage),
      verified ? formatDuration(verified.median) : '',
      verified ? formatDuration(verified.worst) : '',
      movedText(worstBy),
      '#'.repeat(Math.round((20 * (verified?.worst ?? 0)) / longest)),
      changed ? 'changed' : '',
    ]),
  );
}

/** By how much longer or shorter a time is; empty where nothing is known. */
export function movedText(by: number | undefined): string {
  if (by === undefined) return '';
  return by === 0 ? 'same' : `${by > 0 ? '+' : '-'}${formatDuration(Math.abs(by))}`;
}
