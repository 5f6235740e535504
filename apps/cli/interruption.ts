import type { Io } from './io.js';

/** Ctrl-C came before anything was sent: the message says what was not done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Ctrl-C, for as long as it is known that nothing was sent. */
export interface Interruption {
  /** What the work answers; throws `Interrupted` as soon as Ctrl-C comes. */
  during<T>(work: Promise<T>): Promise<T>;
  /** From now on Ctrl-C is somebody else's. */
  over(): void;
}

/** @param message what is true when it is interrupted */
export function listenForInterruption(io: Io, message: string): Interruption {
  let release: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    release = io.onInterrupt(() => reject(new Interrupted(message)));
  });
  // Nobody waits for it when it comes too late to be raced.
  interrupted.catch(() => undefined);
  return {
    during: (work) => Promise.race([work, interrupted]).finally(release),
    over: release,
  };
}
