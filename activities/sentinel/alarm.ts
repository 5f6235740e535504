/** A wait that can be cut short, by anyone who rings and by the end of the work. */
export class Alarm {
  #wake: (() => void) | undefined;
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Resolves after `ms`, at a ring, or when the work ends; it never rejects. */
  async wait(ms: number): Promise<void> {
    if (this.#signal.aborted || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#signal.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }

  ring(): void {
    this.#wake?.();
  }
}
