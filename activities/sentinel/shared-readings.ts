import type { Scrape } from '../../src/analysis/arms.js';
import { readGuard } from '../../src/analysis/read-guard.js';
import { beginningOf, perspectiveOf } from '../../src/analysis/series.js';
import type { SourceError } from '../../src/analysis/sight.js';
import type { Guard } from '../../src/engine/plan/plan.js';
import type { GuardReading, Subscription } from '../../src/engine/state/values.js';

/** The readings of one moment from one source: each distinct one is made once, for all who share it. */
export class SharedReadings {
  readonly #made = new Map<Guard, Map<string, GuardReading>>();
  readonly #scrapes: readonly Scrape[];
  readonly #now: number;
  readonly #lastError: SourceError | undefined;

  constructor(scrapes: readonly Scrape[], now: number, lastError: SourceError | undefined) {
    this.#scrapes = scrapes;
    this.#now = now;
    this.#lastError = lastError;
  }

  /** Equal guards are the same object: see `Guards`. */
  read(guard: Guard, subscription: Subscription): GuardReading {
    const scrapes = this.#scrapes;
    const now = this.#now;
    const key = `${perspectiveOf(guard, subscription)}@${beginningOf(guard, subscription, scrapes, now)}`;
    const made = this.#made.get(guard) ?? new Map<string, GuardReading>();
    this.#made.set(guard, made);
    const reading = made.get(key) ?? readGuard(guard, subscription, scrapes, now, this.#lastError);
    made.set(key, reading);
    return reading;
  }
}
