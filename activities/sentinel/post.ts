import type { RolloutWatch } from './rollout-watch.js';

/**
 * What the process of a worker knows of the watching that it does itself: all that there is to say of it while Temporal
 * cannot be reached.
 */
export class WatchPost {
  #watches: (() => readonly RolloutWatch[]) | undefined;

  /** This process watches; what is answered says that it does not any more. */
  take(watches: () => readonly RolloutWatch[]): () => void {
    this.#watches = watches;
    return () => {
      if (this.#watches === watches) this.#watches = undefined;
    };
  }

  /** Whom this process watches; undefined when another one does, or nobody. */
  get watches(): readonly RolloutWatch[] | undefined {
    return this.#watches?.();
  }
}
