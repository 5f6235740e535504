import type { Arm } from '../shop/store.js';

/** What became of one request; plain JSON. Times are milliseconds since 1970. */
export interface Observation {
  readonly at: number;
  readonly tookMs: number;
  readonly route: string;
  /** Null when no answer came, or one without `x-arm`. */
  readonly arm: Arm | null;
  /** Null when no answer came. */
  readonly status: number | null;
  /** The answer carried `x-fault: candidate`. */
  readonly candidateFault: boolean;
  /** The answer's text, or why none came. */
  readonly body: string;
}

/** Answers of one kind. `failed` counts neither candidate faults nor what was served. */
export interface Tally {
  served: number;
  failed: number;
  candidateFailed: number;
}

/** One second of the run. */
export interface SecondTally {
  /** Whole seconds since 1970. */
  readonly second: number;
  baseline: number;
  candidate: number;
  failed: number;
  candidateFailed: number;
}

/** What a run has seen so far. Times are milliseconds since 1970. */
export interface LoadStats extends Tally {
  readonly startedAt: number;
  readonly at: number;
  readonly inFlight: number;
  /** Requests that were due and not sent, because too many were in flight. */
  readonly skipped: number;
  /** By arm; `none` is for answers that never came. */
  readonly byArm: Readonly<Record<Arm | 'none', Tally>>;
  /** The last ten minutes, oldest first; a second in which no answer came is absent. */
  readonly bySecond: readonly SecondTally[];
  /** When the candidate last answered anything; null when it never did. */
  readonly lastCandidateAnswerAt: number | null;
  /** The first failures, candidate faults not among them. */
  readonly failures: readonly Observation[];
}

const FAILURES_KEPT = 10;
const SECONDS_KEPT = 600;
const BODY_KEPT = 300;

/** Counts what customers were answered. */
export class Counters {
  readonly #byArm = { baseline: tally(), candidate: tally(), none: tally() };
  readonly #seconds = new Map<number, SecondTally>();
  readonly #failures: Observation[] = [];
  #lastCandidateAnswerAt: number | null = null;
  #skipped = 0;
  readonly #startedAt: number;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** Requests that were due and not sent. */
  skip(requests: number): void {
    this.#skipped += requests;
  }

  /** Counts one request that has ended. */
  observe(observation: Observation): void {
    const { at, arm } = observation;
    const outcome = outcomeOf(observation);
    this.#byArm[arm ?? 'none'][outcome] += 1;
    const second = this.#second(Math.floor(at / 1000));
    if (arm) second[arm] += 1;
    if (outcome !== 'served') second[outcome] += 1;
    if (arm === 'candidate') this.#lastCandidateAnswerAt = Math.max(at, this.#lastCandidateAnswerAt ?? 0);
    if (outcome === 'failed' && this.#failures.length < FAILURES_KEPT) {
      this.#failures.push({ ...observation, body: observation.body.slice(0, BODY_KEPT) });
    }
  }

  /** Everything so far. */
  stats(at: number, inFlight: number): LoadStats {
    const arms = Object.values(this.#byArm);
    const total = (key: keyof Tally): number => arms.reduce((sum, arm) => sum + arm[key], 0);
    return structuredClone({
      startedAt: this.#startedAt,
      at,
      inFlight,
      skipped: this.#skipped,
      served: total('served'),
      failed: total('failed'),
      candidateFailed: total('candidateFailed'),
      byArm: this.#byArm,
      bySecond: [...this.#seconds.values()].sort((a, b) => a.second - b.second),
      lastCandidateAnswerAt: this.#lastCandidateAnswerAt,
      failures: this.#failures,
    });
  }

  #second(second: number): SecondTally {
    const known = this.#seconds.get(second);
    if (known) return known;
    const fresh = { second, baseline: 0, candidate: 0, failed: 0, candidateFailed: 0 };
    this.#seconds.set(second, fresh);
    const oldest = this.#seconds.keys().next().value;
    if (this.#seconds.size > SECONDS_KEPT && oldest !== undefined) this.#seconds.delete(oldest);
    return fresh;
  }
}

function outcomeOf({ status, candidateFault }: Observation): keyof Tally {
  if (status !== null && status >= 200 && status < 300) return 'served';
  return candidateFault ? 'candidateFailed' : 'failed';
}

function tally(): Tally {
  return { served: 0, failed: 0, candidateFailed: 0 };
}
