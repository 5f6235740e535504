import type { RecordedReading } from '../../src/analysis/judge-window.js';
import type { EvidenceStore } from '../records/evidence.js';

/** Readings of one rollout that may wait for the store; beyond it the oldest are lost, which is a gap and never a pass. */
const mostWaiting = 10_000;

/** Appends readings to the store without making anyone wait; what the store refuses is tried again with the next. */
export class EvidenceWriter {
  readonly #waiting = new Map<string, RecordedReading[]>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(
    private readonly store: EvidenceStore,
    private readonly warn: (message: string, error: unknown) => void,
  ) {}

  /** Returns at once. */
  write(rollout: string, readings: readonly RecordedReading[]): void {
    this.#waiting.set(rollout, [...(this.#waiting.get(rollout) ?? []), ...readings].slice(-mostWaiting));
    if (this.#writing.has(rollout)) return;
    const writing = this.#drain(rollout).finally(() => this.#writing.delete(rollout));
    this.#writing.set(rollout, writing);
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  async #drain(rollout: string): Promise<void> {
    for (let batch = this.#next(rollout); batch.length > 0; batch = this.#next(rollout)) {
      try {
        await this.store.append(rollout, batch);
      } catch (error) {
        this.#waiting.set(rollout, [...batch, ...this.#next(rollout)]);
        this.warn(`the readings of rollout ${rollout} could not be kept`, error);
        return;
      }
    }
  }

  #next(rollout: string): RecordedReading[] {
    const batch = this.#waiting.get(rollout) ?? [];
    this.#waiting.delete(rollout);
    return batch;
  }
}
