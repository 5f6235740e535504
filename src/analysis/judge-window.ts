import type { Guard, Verdict } from '../engine/plan.js';
import type { GuardReading, Judgement, Subscription } from '../engine/ports.js';
import { coverageOf, isEvidence, type Coverage } from './coverage.js';
import { span } from './words.js';

/** A reading as it is kept: with the subscription it was made for. */
export type RecordedReading = GuardReading & { readonly subscription: number };

/** Milliseconds by which adding up may miss the length of a window. */
const roundingTolerance = 1;

/** From the least to the most telling: of two readings of one moment the later in this list counts. */
const severity: readonly Verdict[] = ['pass', 'no-evidence', 'inconclusive', 'error', 'fail'];

interface Seen {
  readonly guard: Guard;
  readonly readings: readonly RecordedReading[];
  readonly last: RecordedReading | undefined;
  readonly coverage: Coverage;
}

/**
 * Judges the evidence between `from` and `to` (milliseconds since the epoch, both inclusive). One `fail` fails the
 * window; a guard whose newest reading is no evidence gives that verdict; it passes only when every guard has evidence
 * for the whole window: a gap is `no-evidence`, never a pass, and so is a subscription without guards. Readings made
 * for another subscription, unless this one continues it, are stale and do not count. The order of the readings does not matter.
 */
export function judgeWindow(
  subscription: Subscription,
  readings: readonly RecordedReading[],
  from: number,
  to: number,
): Judgement {
  const valid = readings.filter(
    ({ subscription: number, at }) =>
      number >= (subscription.continues ?? subscription.number) &&
      number <= subscription.number &&
      at >= from &&
      at <= to,
  );
  const seen = subscription.guards.map((guard) => see(guard, valid, from, to));
  const covered = seen.length === 0 ? 0 : Math.min(...seen.map(({ coverage }) => coverage.covered));
  const last = seen.flatMap((entry) => (entry.last === undefined ? [] : [withoutNumber(entry.last)]));
  const failed = seen.flatMap(({ guard, readings: of }) =>
    of.some(({ verdict }) => verdict === 'fail') ? [guard.name] : [],
  );
  return { ...conclude(seen, from, to), failed, covered, recorded: recordedOf(seen), last };
}

function conclude(seen: readonly Seen[], from: number, to: number): { verdict: Verdict; reason: string } {
  const whole = to - from;
  if (seen.length === 0)
    return { verdict: 'no-evidence', reason: 'no guard is watched: nothing was observed' };
  const failed = seen.flatMap((entry) => entry.readings.filter(({ verdict }) => verdict === 'fail'));
  const failure = failed.sort((a, b) => a.at - b.at).at(-1);
  if (failure !== undefined) return { verdict: 'fail', reason: `${failure.guard}: ${failure.reason}` };
  const missing = seen.find(({ last }) => last === undefined);
  const unsure = seen
    .flatMap(({ guard, last }) => (last === undefined || isEvidence(guard, last) ? [] : [last]))
    .sort((a, b) => severity.indexOf(b.verdict) - severity.indexOf(a.verdict))[0];
  if (unsure !== undefined && (missing === undefined || unsure.verdict !== 'no-evidence')) {
    return { verdict: unsure.verdict, reason: `${unsure.guard}: ${unsure.reason}` };
  }
  if (missing !== undefined) {
    return { verdict: 'no-evidence', reason: `${missing.guard.name} was not read once in ${span(whole)}` };
  }
  const gap = seen.find(({ coverage }) => coverage.covered < whole - roundingTolerance);
  if (gap !== undefined) return { verdict: 'no-evidence', reason: describeGap(gap, from, whole) };
  const count = seen.reduce((sum, entry) => sum + entry.readings.length, 0);
  return { verdict: 'pass', reason: `every guard passed for ${span(whole)} (${count} readings)` };
}

function describeGap({ guard, coverage }: Seen, from: number, whole: number): string {
  const { start, length } = coverage.longestGap;
  const where = `the longest gap lasted ${span(length)} and began ${span(start - from)} into the window`;
  return `${guard.name} has evidence for ${span(coverage.covered)} of ${span(whole)}: ${where}`;
}

function see(guard: Guard, valid: readonly RecordedReading[], from: number, to: number): Seen {
  const readings = oneOfEachMoment(valid.filter((reading) => reading.guard === guard.name));
  const coverage = coverageOf(readings, guard, from, to);
  return { guard, readings, last: readings.at(-1), coverage };
}

/** Ordered by time; of several readings of one moment (an append that was repeated) the most telling. */
function oneOfEachMoment(readings: readonly RecordedReading[]): RecordedReading[] {
  const ordered = [...readings].sort(
    (a, b) =>
      a.at - b.at ||
      severity.indexOf(a.verdict) - severity.indexOf(b.verdict) ||
      compareText(a.reason, b.reason) ||
      (a.baseline ?? -1) - (b.baseline ?? -1),
  );
  return ordered.filter((reading, index) => reading.at !== ordered[index + 1]?.at);
}

function recordedOf(seen: readonly Seen[]): Judgement['recorded'] {
  const medians = seen.flatMap(({ guard, readings }) => {
    const value = median(readings.flatMap(({ baseline }) => (baseline === undefined ? [] : [baseline])));
    return value === undefined ? [] : [[guard.name, value] as const];
  });
  return Object.fromEntries(medians);
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

function withoutNumber(reading: RecordedReading): GuardReading {
  const { guard, verdict, at, reason, value, baseline } = reading;
  return {
    guard,
    verdict,
    at,
    reason,
    ...(value === undefined ? {} : { value }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
