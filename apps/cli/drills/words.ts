import { formatDuration } from '../../../src/engine/base/duration.js';
import type { Failure } from '../../../src/drill/points.js';
import type { DrilledPoint, DrillRecord } from '../../../src/drill/record.js';

export { percent } from '../../../src/engine/tell/proof-text.js';

/** What happens at a point, for people. */
export const failureWords: Readonly<Record<Failure, string>> = {
  'before-effect': 'fails before its effect',
  'after-effect': 'fails after its effect',
  crash: 'its worker dies after the effect',
  breach: 'a guard fails',
  blind: 'its watcher dies',
  reject: 'somebody says no',
  expire: 'nobody answers',
};

/** What a record proves, in a word and a sentence. */
export interface Verdict {
  /** `proven`: every point came back, in time and not long ago. `partly`: some were not drilled, or it is stale. */
  readonly is: 'proven' | 'partly' | 'red';
  readonly sentence: string;
}

/** A verdict as a heading says it. */
export const verdictWord: Readonly<Record<Verdict['is'], string>> = {
  proven: 'Proven',
  partly: 'Not all proven',
  red: 'Red',
};

/** What a record proves at a time, in milliseconds since the epoch. */
export function verdictOf(record: DrillRecord, now: number): Verdict {
  const { points, pointsToCover, restoreWithin, timeToRestore, expiresAt } = record;
  const failed = points.filter(({ result }) => result === 'failed').length;
  if (failed > 0) {
    return { is: 'red', sentence: `${failed} of ${points.length} points did not end as they have to` };
  }
  const proven = Math.round(record.coverage * pointsToCover);
  const worst = timeToRestore.verified?.worst;
  const slow = restoreWithin !== undefined && worst !== undefined && worst > restoreWithin;
  const faults = [
    ...(proven < pointsToCover
      ? [`${pointsToCover - proven} of ${pointsToCover} points were not drilled`]
      : []),
    ...(slow
      ? [`the worst time to restore, ${formatDuration(worst)}, is above ${formatDuration(restoreWithin)}`]
      : []),
    ...(now > expiresAt ? ['it has expired'] : []),
  ];
  if (slow) return { is: 'red', sentence: faults.join('; ') };
  if (faults.length > 0) return { is: 'partly', sentence: faults.join('; ') };
  return { is: 'proven', sentence: `every one of ${pointsToCover} points came back` };
}

/** A time to restore in its parts. */
export function timesText({ restored }: DrilledPoint): string {
  return restored ? formatDuration(restored.verified) : '';
}

/** A number with its thousands apart. */
export function many(count: number): string {
  return count.toLocaleString('en');
}
