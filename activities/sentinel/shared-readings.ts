import type { Scrape } from '../../src/analysis/arms.js';
import { readGuard } from '../../src/analysis/read-guard.js';
import { beginningOf, perspectiveOf } from '../../src/analysis/series.js';
import type { SourceError } from '../../src/analysis/sight.js';
import type { Guard } from '../../src/engine/plan.js';
import type { GuardReading, Subscription } from '../../src/engine/ports.js';

/** The readings of one moment from one source: each distinct one is made once, for all who share it. */
export class SharedReadings {
  readonly #made = new Map<Guard, Map<string, GuardReading>>();

  constructor(
    private readonly scrapes: readonly Scrape[],
    private readonly now: number,
    private readonly lastError: SourceError | undefined,
  ) {}

  /** Equal guards are the same object: see `Guards`. */
  read(guard: Guard, subscription: Subscription): GuardReading {
    const { scrapes, now } = this;
    const key = `${perspectiveOf(guard, subscription)}@${beginningOf(guard, subscription, scrapes, now)}`;
    const made = this.#made.get(guard) ?? new Map<string, GuardReading>();
    this.#made.set(guard, made);
    const reading = made.get(key) ?? readGuard(guard, subscription, scrapes, now, this.lastError);
    made.set(key, reading);
    return reading;
  }
}
