import type { Guard, Verdict } from '../engine/plan/plan.js';
import { CoverageCount, isEvidence, type Coverage } from './coverage.js';
import { span } from './words.js';
import type { GuardReading, Judgement, Subscription } from '../engine/state/values.js';

/** A reading as it is kept: with the subscription it was made for. */
export type RecordedReading = GuardReading & { readonly subscription: number };

/** Milliseconds by which adding up may miss the length of a window. */
const roundingTolerance = 1;

/** From the least to the most telling: of two readings of one moment the later in this list counts. */
const severity: readonly Verdict[] = ['pass', 'no-evidence', 'inconclusive', 'error', 'fail'];

interface Seen {
  readonly guard: Guard;
  readonly count: number;
  /** The newest. */
  readonly failure: RecordedReading | undefined;
  readonly last: RecordedReading | undefined;
  readonly baselines: readonly number[];
  readonly coverage: Coverage;
}

/** Judges all readings of a window at once: see `WindowJudge`. Their order does not matter. */
export function judgeWindow(
  subscription: Subscription,
  readings: readonly RecordedReading[],
  from: number,
  to: number,
): Judgement {
  const judge = new WindowJudge(subscription, from, to);
  judge.add(readings);
  return judge.conclude();
}

/**
 * Judges the evidence between `from` and `to` (milliseconds since the epoch, both inclusive), part by part: weeks of it
 * need not be in memory at once. One `fail` fails the window; a guard whose newest reading is no evidence gives that
 * verdict; it passes only when every guard has evidence for the whole window: a gap is `no-evidence`, never a pass, and
 * so is a subscription without guards. Readings made for another subscription, unless this one continues it, are stale
 * and do not count.
 */
export class WindowJudge {
  readonly #guards: readonly GuardWindow[];
  readonly #subscription: Subscription;
  readonly #from: number;
  readonly #to: number;

  constructor(subscription: Subscription, from: number, to: number) {
    this.#subscription = subscription;
    this.#from = from;
    this.#to = to;
    this.#guards = subscription.guards.map((guard) => new GuardWindow(guard, from));
  }

  /** Takes readings in any order, all of them younger than those of the part before. */
  add(readings: readonly RecordedReading[]): void {
    const { number: newest, continues: oldest = newest } = this.#subscription;
    const valid = readings.filter(
      ({ subscription, at }) =>
        subscription >= oldest && subscription <= newest && at >= this.#from && at <= this.#to,
    );
    for (const guard of this.#guards) guard.add(valid);
  }

  /** The judgement; nothing is added after it. */
  conclude(): Judgement {
    const seen = this.#guards.map((guard) => guard.end(this.#to));
    const covered = seen.length === 0 ? 0 : Math.min(...seen.map(({ coverage }) => coverage.covered));
    const last = seen.flatMap((entry) => (entry.last === undefined ? [] : [withoutNumber(entry.last)]));
    const failed = seen.flatMap(({ guard, failure }) => (failure === undefined ? [] : [guard.name]));
    return {
      ...conclude(seen, this.#from, this.#to),
      failed,
      covered,
      recorded: recordedOf(seen),
      last,
    };
  }
}

/** What one guard says in a window. */
class GuardWindow {
  readonly #coverage: CoverageCount;
  readonly #baselines: number[] = [];
  #count = 0;
  #failure: RecordedReading | undefined;
  #last: RecordedReading | undefined;
  readonly #guard: Guard;

  constructor(guard: Guard, from: number) {
    this.#guard = guard;
    this.#coverage = new CoverageCount(guard, from);
  }

  add(readings: readonly RecordedReading[]): void {
    for (const reading of oneOfEachMoment(readings.filter(({ guard }) => guard === this.#guard.name))) {
      this.#count += 1;
      this.#last = reading;
      if (reading.verdict === 'fail') this.#failure = reading;
      if (reading.baseline !== undefined) this.#baselines.push(reading.baseline);
      this.#coverage.add(reading);
    }
  }

  end(to: number): Seen {
    return {
      guard: this.#guard,
      count: this.#count,
      failure: this.#failure,
      last: this.#last,
      baselines: this.#baselines,
      coverage: this.#coverage.end(to),
    };
  }
}

function conclude(seen: readonly Seen[], from: number, to: number): { verdict: Verdict; reason: string } {
  const whole = to - from;
  if (seen.length === 0)
    return { verdict: 'no-evidence', reason: 'no guard is watched: nothing was observed' };
  const failures = seen.flatMap(({ failure }) => failure ?? []);
  const failure = failures.sort((a, b) => a.at - b.at).at(-1);
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
  const count = seen.reduce((sum, entry) => sum + entry.count, 0);
  return { verdict: 'pass', reason: `every guard passed for ${span(whole)} (${count} readings)` };
}

function describeGap({ guard, coverage }: Seen, from: number, whole: number): string {
  const { start, length } = coverage.longestGap;
  const where = `the longest gap lasted ${span(length)} and began ${span(start - from)} into the window`;
  return `${guard.name} has evidence for ${span(coverage.covered)} of ${span(whole)}: ${where}`;
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
  const medians = seen.flatMap(({ guard, baselines }) => {
    const value = median(baselines);
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
