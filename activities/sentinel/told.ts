import type { EvidenceSignal, Shift, SubscriptionId, Watched } from '../../src/analysis/sentinel.js';
import type { Verdict } from '../../src/engine/plan.js';

interface Entry {
  readonly as: SubscriptionId;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/**
 * What rollouts have been told, from one shift to the next: thousands are not told again what they know whenever the
 * sentinel continues as new. It counts only for the shift that follows at once on one that ended in order in this
 * process: after anything else somebody else may have told them something since.
 */
export class Told {
  #entries = new Map<string, Entry>();
  #ended: Shift | undefined;

  begin({ chain, number }: Shift, attempt: number): void {
    const follows = this.#ended?.chain === chain && this.#ended.number === number - 1 && attempt === 1;
    if (!follows) this.#entries.clear();
    this.#ended = undefined;
  }

  /** The shift ended in order, and no other attempt of it follows. */
  end(shift: Shift, watched: readonly Watched[]): void {
    const still = new Set(watched.map(({ rollout }) => rollout));
    for (const rollout of this.#entries.keys()) if (!still.has(rollout)) this.#entries.delete(rollout);
    this.#ended = shift;
  }

  of({ rollout, number, since }: Watched): ReadonlyMap<string, Verdict> | undefined {
    const entry = this.#entries.get(rollout);
    return entry?.as.number === number && entry.as.since === since ? entry.verdicts : undefined;
  }

  forget({ rollout }: Watched): void {
    this.#entries.delete(rollout);
  }

  /** The signal has arrived. */
  keep({ rollout, number, since }: Watched, { readings }: EvidenceSignal): void {
    const verdicts = new Map(readings.map(({ guard, verdict }) => [guard, verdict]));
    this.#entries.set(rollout, { as: { number, since }, verdicts });
  }
}
