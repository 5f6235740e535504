import type { EvidenceEntry, EvidenceStore } from '../records/evidence.js';

/** Entries that may wait for the store; beyond it the oldest are lost, which is a gap and never a pass. */
const mostWaiting = 100_000;

/** Since when the store takes nothing, in milliseconds since the epoch, and what it says. */
interface Refused {
  readonly since: number;
  readonly error: string;
}

/** Writes to the store without making anyone wait; what the store refuses is tried again with the next. */
export class EvidenceWriter {
  #waiting: EvidenceEntry[] = [];
  #writing: Promise<void> | undefined;
  #refused: Refused | undefined;

  /** @param lost is called when entries were given up */
  constructor(
    private readonly store: EvidenceStore,
    private readonly warn: (message: string, error: unknown) => void,
    private readonly lost: () => void,
  ) {}

  /** There while the store takes nothing. */
  get refused(): Refused | undefined {
    return this.#refused;
  }

  /** Returns at once. */
  write(entries: readonly EvidenceEntry[]): void {
    for (const entry of entries) this.#waiting.push(entry);
    if (this.#waiting.length > mostWaiting) {
      const given = this.#waiting.length - mostWaiting;
      this.#waiting = this.#waiting.slice(given);
      this.lost();
      this.warn('evidence is lost', new Error(`the store takes nothing, ${given} entries were given up`));
    }
    if (this.#waiting.length > 0) this.#writing ??= this.#drain().finally(() => (this.#writing = undefined));
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.store.append(batch);
        this.#refused = undefined;
      } catch (error) {
        this.#waiting = [...batch, ...this.#waiting];
        this.#refused = { since: this.#refused?.since ?? Date.now(), error: String(error) };
        this.warn('readings could not be kept', error);
        return;
      }
    }
  }
}
