import type { RecordedReading } from '../../../src/analysis/judge-window.js';
import { verdicts } from '../../../src/engine/plan/plan.js';
import type { GuardReading } from '../../../src/engine/state/values.js';

/** The time during which the readings of a series are those of a subscription: `until` is not part of it. */
export interface Span {
  readonly subscription: number;
  readonly guard: string;
  readonly from: number;
  readonly until: number;
}

interface Joined {
  readonly subscription: number;
  readonly guard: string;
  readonly series: string;
  readonly at: number;
}

/**
 * Sorts what stands of one rollout: readings of its own, and the spans in which it shared those of a series. A span
 * lasts until anything else stands of the same guard.
 */
export function spansOf(values: readonly unknown[]): {
  readonly own: readonly RecordedReading[];
  readonly series: ReadonlyMap<string, readonly Span[]>;
} {
  const own = values.filter(isRecorded);
  const series = new Map<string, Span[]>();
  const marks = [...own, ...values.filter(isJoined)].sort((a, b) => a.at - b.at);
  const ends = new Map<string, number>();
  for (const mark of marks.reverse()) {
    const { subscription, guard, at } = mark;
    const until = ends.get(guard) ?? Number.POSITIVE_INFINITY;
    ends.set(guard, at);
    if (!('series' in mark)) continue;
    series.set(mark.series, [...(series.get(mark.series) ?? []), { subscription, guard, from: at, until }]);
  }
  return { own, series };
}

/** The readings of a series that are a subscription's. */
export function pickReadings(spans: readonly Span[], values: readonly unknown[]): RecordedReading[] {
  const readings = values.filter(isReading);
  return spans.flatMap(({ subscription, guard, from, until }) =>
    readings
      .filter((reading) => reading.guard === guard && reading.at >= from && reading.at < until)
      .map((reading) => ({ ...reading, subscription })),
  );
}

/** Ordered by time; what stands in two places because sorting was interrupted comes once, with its reason. */
export function withoutRepeats(readings: readonly RecordedReading[]): RecordedReading[] {
  const ordered = readings.toSorted(
    (a, b) =>
      a.at - b.at ||
      a.subscription - b.subscription ||
      compare(a.guard, b.guard) ||
      compare(b.reason, a.reason),
  );
  return ordered.filter((reading, index) => {
    const before = ordered[index - 1];
    return before === undefined || !isRepeated(before, reading);
  });
}

function isRepeated(before: RecordedReading, reading: RecordedReading): boolean {
  const same = (['at', 'subscription', 'guard', 'verdict', 'value', 'baseline'] as const).every(
    (member) => before[member] === reading[member],
  );
  return same && (before.reason === reading.reason || reading.reason === '');
}

function isReading(value: unknown): value is GuardReading {
  const { guard, at, verdict } = (value ?? {}) as Partial<GuardReading>;
  return (
    typeof guard === 'string' && Number.isFinite(at) && verdict !== undefined && verdicts.includes(verdict)
  );
}

function isRecorded(value: unknown): value is RecordedReading {
  return isReading(value) && Number.isFinite((value as Partial<RecordedReading>).subscription);
}

function isJoined(value: unknown): value is Joined {
  const { subscription, guard, series, at } = (value ?? {}) as Partial<Joined>;
  return (
    typeof guard === 'string' &&
    typeof series === 'string' &&
    Number.isFinite(at) &&
    Number.isFinite(subscription)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
