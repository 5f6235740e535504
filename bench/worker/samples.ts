import type { EvidenceStore } from '../../activities/records/evidence.js';
import { preciseNow } from '../clock.js';

/** When each rollout was sampled, seen at the place where the sentinel hands over its readings. */
export class Samples {
  readonly #last = new Map<string, number>();
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
      append: (rollout, readings) => {
        const now = preciseNow();
        const before = this.#last.get(rollout);
        if (before !== undefined) this.#gaps.push(now - before);
        this.#last.set(rollout, now);
        return store.append(rollout, readings);
      },
    };
  }
}
