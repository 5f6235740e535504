import type { Target } from '../../src/engine/plan/plan.js';

/** Whose book it is. */
export interface BookOf {
  readonly rollout: string;
  readonly target: Target;
}

/** A book while the lock of its target is ours. */
export interface OpenBook {
  /** What was saved last, by whomever; undefined when nothing was. */
  readonly content: unknown;
  /** Throws when the lock is ours no more. Call it right before what the lock protects, without an `await` between. */
  held(): void;
  /** Throws when the lock is ours no more, or when the store does not take it. */
  save(book: object): Promise<void>;
  /** Gives the lock back. */
  close(): Promise<void>;
}

/** Where the books of custom acts are kept, and where attempts of one target are kept apart. */
export interface BookStore {
  /**
   * Opens a book as soon as nobody else works on the target. Throws `TargetBusy` when somebody does for too long, the
   * signal's reason when it fires, and any other error, soon, when the store does not answer.
   */
  open(of: BookOf, signal: AbortSignal): Promise<OpenBook>;
}

/** Another attempt works on the target. Trying again may help. */
export class TargetBusy extends Error {
  override readonly name = 'TargetBusy';

  constructor(target: Target) {
    super(`${target}: another attempt works on it; try again`);
  }
}

/** Books that last as long as the process: for tests of an adapter. */
export function booksInMemory(): BookStore {
  const books = new Map<string, string>();
  const turns = new Map<Target, Promise<unknown>>();
  return {
    async open({ rollout, target }, signal) {
      const key = JSON.stringify([rollout, target]);
      const before = turns.get(target);
      let close = () => {};
      turns.set(target, new Promise<void>((resolve) => (close = resolve)));
      await before;
      signal.throwIfAborted();
      const text = books.get(key);
      return {
        content: text === undefined ? undefined : (JSON.parse(text) as unknown),
        held: () => undefined,
        save: async (book) => void books.set(key, JSON.stringify(book)),
        close: async () => close(),
      };
    },
  };
}
