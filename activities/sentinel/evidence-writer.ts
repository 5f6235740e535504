import type { EvidenceEntry, EvidenceStore } from '../records/evidence.js';

/** Entries that may wait for the store; beyond it the oldest are lost, which is a gap and never a pass. */
const mostWaiting = 100_000;
/** Milliseconds until what the store refused is tried again. */
const againAfter = 1_000;

/** Whether the store takes what it is given. Outlives a shift: the next would trust a store that still refuses. */
export interface Unkept {
  /** Since when, on the clock that nobody sets; absent while everything is kept. */
  since?: number;
  /** What the store said last. */
  error?: string;
}

/** Writes to the store without making anyone wait; what the store refuses is tried again. */
export class EvidenceWriter {
  #waiting: EvidenceEntry[] = [];
  #writing: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #store: EvidenceStore;
  readonly #unkept: Unkept;
  readonly #warn: (message: string, error: unknown) => void;
  readonly #lost: () => void;

  /** @param lost is called when entries were given up */
  constructor(
    store: EvidenceStore,
    unkept: Unkept,
    warn: (message: string, error: unknown) => void,
    lost: () => void,
  ) {
    this.#store = store;
    this.#unkept = unkept;
    this.#warn = warn;
    this.#lost = lost;
  }

  /** Returns at once. */
  write(entries: readonly EvidenceEntry[]): void {
    for (const entry of entries) this.#waiting.push(entry);
    if (this.#waiting.length > mostWaiting) {
      const given = this.#waiting.length - mostWaiting;
      this.#waiting = this.#waiting.slice(given);
      this.#lost();
      this.#warn('evidence is lost', new Error(`the store takes nothing, ${given} entries were given up`));
    }
    if (this.#waiting.length > 0) this.#writing ??= this.#drain().finally(() => (this.#writing = undefined));
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** What was refused is not tried again by itself any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#again);
  }

  /** Why what is read now does not count: the store has taken nothing for so many milliseconds. */
  refusedFor(ms: number): string | undefined {
    const { since, error = 'the store does not answer' } = this.#unkept;
    return since === undefined || performance.now() - since < ms ? undefined : error;
  }

  async #drain(): Promise<void> {
    clearTimeout(this.#again);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      // From here on and not from its refusal: a store that hangs keeps nothing either.
      this.#unkept.since ??= performance.now();
      try {
        await this.#store.append(batch);
        delete this.#unkept.since;
        delete this.#unkept.error;
      } catch (error) {
        this.#waiting = [...batch, ...this.#waiting];
        this.#unkept.error = String(error);
        this.#warn('readings could not be kept', error);
        // Intervals may be long: a moment's refusal is not to count for all of one.
        if (!this.#stopped) this.#again = setTimeout(() => this.write([]), againAfter).unref();
        return;
      }
    }
  }
}
