import type { Guard } from '../engine/plan.js';
import type { GuardReading } from '../engine/ports.js';

/** Two readings further apart than this many intervals leave a gap: one lost sample is forgiven, two are not. */
const longestStep = 2.5;

/** For how much of a window a guard has good evidence. */
export interface Coverage {
  /** Milliseconds. */
  readonly covered: number;
  /** The longest time without evidence: where it began (milliseconds since the epoch) and how long it lasted. */
  readonly longestGap: { readonly start: number; readonly length: number };
}

/** Whether a reading is good evidence: a pass is, and what the guard lets continue. Time spent failing is no soak. */
export function isEvidence({ on }: Pick<Guard, 'on'>, { verdict }: Pick<GuardReading, 'verdict'>): boolean {
  return verdict === 'pass' || on[verdict] === 'continue';
}

/**
 * How much of a window the readings of one guard cover (ordered by time, all inside the window). Time counts between
 * two neighbours that are both evidence and at most 2.5 intervals apart; the edges of the window count likewise.
 */
export function coverageOf(
  readings: readonly GuardReading[],
  guard: Pick<Guard, 'evidence' | 'on'>,
  from: number,
  to: number,
): Coverage {
  let covered = 0;
  let longestGap = { start: from, length: 0 };
  let gapStart: number | undefined;
  const points = [
    { at: from, good: true },
    ...readings.map((reading) => ({ at: reading.at, good: isEvidence(guard, reading) })),
    { at: to, good: true },
  ];
  for (const [index, right] of points.entries()) {
    const left = points[index - 1];
    if (left === undefined) continue;
    const length = right.at - left.at;
    if (readings.length > 0 && left.good && right.good && length <= longestStep * guard.evidence.interval) {
      covered += length;
      gapStart = undefined;
      continue;
    }
    gapStart ??= left.at;
    if (right.at - gapStart > longestGap.length) {
      longestGap = { start: gapStart, length: right.at - gapStart };
    }
  }
  return { covered, longestGap };
}
