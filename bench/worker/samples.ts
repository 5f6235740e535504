import type { EvidenceEntry, EvidenceStore } from '../../activities/records/evidence.js';
import { preciseNow } from '../clock.js';

/** When each rollout was sampled, seen at the place where the sentinel hands over its readings. */
export class Samples {
  readonly #last = new Map<string, number>();
  readonly #seriesOf = new Map<string, string>();
  #gaps: number[] = [];

  /** How many rollouts were sampled since this process began. */
  get rollouts(): number {
    return this.#last.size;
  }

  /** The times between the samples of each rollout since the last call, in milliseconds. */
  takeGaps(): readonly number[] {
    const gaps = this.#gaps;
    this.#gaps = [];
    return gaps;
  }

  /** The same store, watched. */
  watching(store: EvidenceStore): EvidenceStore {
    return {
      ...store,
      append: (entries) => {
        const now = preciseNow();
        for (const rollout of this.#sampledIn(entries)) {
          const before = this.#last.get(rollout);
          if (before !== undefined) this.#gaps.push(now - before);
          this.#last.set(rollout, now);
        }
        return store.append(entries);
      },
    };
  }

  /** A reading of a series counts for everyone who joined it. */
  #sampledIn(entries: readonly EvidenceEntry[]): ReadonlySet<string> {
    const sampled = new Set<string>();
    const series = new Set<string>();
    for (const entry of entries) {
      if ('rollout' in entry) sampled.add(entry.rollout);
      if ('rollout' in entry && 'series' in entry) this.#seriesOf.set(entry.rollout, entry.series);
      if (!('rollout' in entry)) series.add(entry.series);
    }
    for (const [rollout, joined] of this.#seriesOf) if (series.has(joined)) sampled.add(rollout);
    return sampled;
  }
}
