import { setTimeout as sleep } from 'node:timers/promises';
import { lookEvery } from './connected.js';
import { seenForNew, type Workers } from './workers.js';

/** Milliseconds. The server hears of a worker some time after that has said that it is ready. */
const heardWithin = 5_000;

/**
 * Looks again for a few seconds until a worker that new rollouts go to has asked for work.
 *
 * @returns what was seen last, also when it is nobody: the caller knows what that means to whom it answers
 * @throws what `look` throws, and `AbortError` when `closed` fires while it waits
 */
export async function awaitWorker(look: () => Promise<Workers>, closed: AbortSignal): Promise<Workers> {
  const until = performance.now() + heardWithin;
  for (;;) {
    const workers = await look();
    if (seenForNew(workers) !== undefined || performance.now() >= until) return workers;
    await sleep(lookEvery, undefined, { signal: closed });
  }
}
