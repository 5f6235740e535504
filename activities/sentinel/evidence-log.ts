import { createHash } from 'node:crypto';
import { isSettled, perspectiveOf } from '../../src/analysis/series.js';
import { canonicalJson, type Json } from '../../src/engine/base/json.js';
import type { Guard } from '../../src/engine/plan/plan.js';
import type { EvidenceEntry } from '../records/evidence.js';
import type { GuardReading } from '../../src/engine/state/values.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** A membership is written again in this time, so that each day's evidence can be read without the day before. */
const day = 86_400_000;

/**
 * Turns readings into what is written of them. While a subscription is young its readings are its own; then it joins
 * the series of all who see the same, and nothing more is written for it: the work of a tick does not grow with it.
 */
export class EvidenceLog {
  /** In which series a subscription is for a guard, and on which day that was written. */
  #joined = new WeakMap<Watched, Map<Guard, string>>();
  readonly #series = new Map<Guard, Map<string, string>>();
  readonly #environment: string;

  constructor(environment: string) {
    this.#environment = environment;
  }

  /** What is to be written of the readings of one moment, made of one source. */
  entriesOf(
    made: readonly { readonly subscriber: Watched; readonly guard: Guard; readonly reading: GuardReading }[],
  ) {
    const entries: EvidenceEntry[] = [];
    const written = new Set<string>();
    for (const { subscriber, guard, reading: whole } of made) {
      // It says the same at each reading, and judges nothing.
      const { blindSpots: _, unread: __, ...reading } = whole;
      const { rollout, number: subscription } = subscriber;
      const { at } = reading;
      if (!isSettled(guard, subscriber, at)) {
        entries.push({ rollout, reading: { ...reading, subscription } });
        continue;
      }
      const series = this.#seriesOf(guard, perspectiveOf(guard, subscriber));
      if (this.#joins(subscriber, guard, `${series} ${Math.floor(at / day)}`)) {
        entries.push({ rollout, subscription, guard: guard.name, series, at });
      }
      if (!written.has(series)) entries.push({ series, reading });
      written.add(series);
    }
    return entries;
  }

  /** Something was lost on the way to the store: every membership is written again. */
  forget(): void {
    this.#joined = new WeakMap();
  }

  #joins(subscriber: Watched, guard: Guard, series: string): boolean {
    const joined = this.#joined.get(subscriber) ?? new Map<Guard, string>();
    this.#joined.set(subscriber, joined);
    const joins = joined.get(guard) !== series;
    joined.set(guard, series);
    return joins;
  }

  #seriesOf(guard: Guard, perspective: string): string {
    const known = this.#series.get(guard) ?? new Map<string, string>();
    this.#series.set(guard, known);
    const found = known.get(perspective);
    if (found !== undefined) return found;
    const text = canonicalJson([this.#environment, perspective, guard as unknown as Json]);
    const series = createHash('sha256').update(text).digest('hex').slice(0, 32);
    known.set(perspective, series);
    return series;
  }
}
