import type { Guard } from '../engine/plan/plan.js';
import type { GuardReading } from '../engine/state/values.js';

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
 * Counts how much of a window the readings of one guard cover. Time counts between two neighbours that are both
 * evidence and at most 2.5 intervals apart; the edges of the window count likewise.
 */
export class CoverageCount {
  #covered = 0;
  #longestGap: Coverage['longestGap'];
  #left: { readonly at: number; readonly good: boolean };
  #gapStart: number | undefined;
  #count = 0;
  readonly #guard: Pick<Guard, 'evidence' | 'on'>;

  constructor(guard: Pick<Guard, 'evidence' | 'on'>, from: number) {
    this.#guard = guard;
    this.#longestGap = { start: from, length: 0 };
    this.#left = { at: from, good: true };
  }

  /** The next reading: not older than those before it. */
  add(reading: GuardReading): void {
    this.#count += 1;
    this.#step({ at: reading.at, good: isEvidence(this.#guard, reading) });
  }

  /** The coverage up to the end of the window; nothing is added after it. */
  end(to: number): Coverage {
    this.#step({ at: to, good: true });
    return { covered: this.#covered, longestGap: this.#longestGap };
  }

  #step(right: { readonly at: number; readonly good: boolean }): void {
    const left = this.#left;
    this.#left = right;
    const length = right.at - left.at;
    const near = length <= longestStep * this.#guard.evidence.interval;
    if (this.#count > 0 && left.good && right.good && near) {
      this.#covered += length;
      this.#gapStart = undefined;
      return;
    }
    this.#gapStart ??= left.at;
    if (right.at - this.#gapStart > this.#longestGap.length) {
      this.#longestGap = { start: this.#gapStart, length: right.at - this.#gapStart };
    }
  }
}
