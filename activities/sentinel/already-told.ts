import type { EvidenceSignal, Shift, SubscriptionId } from '../../src/protocol/sentinel.js';
import type { Target } from '../../src/engine/plan/plan.js';
import type { Look } from '../../src/engine/state/look.js';
import type { GuardReading } from '../../src/engine/state/values.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** What a rollout knows: the readings and looks of the last signal. */
export interface Knowledge {
  readonly readings: ReadonlyMap<string, GuardReading>;
  readonly looks: ReadonlyMap<Target, Look>;
}

interface Entry {
  readonly as: SubscriptionId;
  readonly knowledge: Knowledge;
}

/**
 * What rollouts have been told, from one shift to the next: thousands are not told again what they know whenever the
 * sentinel continues as new. It counts only for the shift that follows at once on one that ended in order in this
 * process: after anything else somebody else may have told them something since.
 */
export class AlreadyTold {
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

  of({ rollout, number, since }: Watched): Knowledge | undefined {
    const entry = this.#entries.get(rollout);
    return entry?.as.number === number && entry.as.since === since ? entry.knowledge : undefined;
  }

  forget({ rollout }: Watched): void {
    this.#entries.delete(rollout);
  }

  /** The signal has arrived. */
  keep({ rollout, number, since }: Watched, signal: EvidenceSignal): void {
    this.#entries.set(rollout, { as: { number, since }, knowledge: knowledgeOf(signal) });
  }
}

/** What a rollout knows by a signal. */
export function knowledgeOf({ readings, looks = [] }: EvidenceSignal): Knowledge {
  return {
    readings: new Map(readings.map((reading) => [reading.guard, reading])),
    looks: new Map(looks.map((look) => [look.target, look])),
  };
}
