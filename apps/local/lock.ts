import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

/** A lock whose holder has not renewed it for so long belongs to a dead process. */
const STALE_MS = 30_000;

/**
 * Runs `work` while no other process (nor caller in this one) holds the lock of `directory`, which is made
 * when missing. Waits as long as the holder lives; `onWait` hears the seconds waited, every 5 s from the start.
 */
export async function withLock<T>(
  directory: string,
  work: () => Promise<T>,
  onWait: (seconds: number) => void = () => undefined,
): Promise<T> {
  await mkdir(directory, { recursive: true });
  const release = await acquire(directory, onWait);
  try {
    return await work();
  } finally {
    // A lock that was lost meanwhile is no failure of the work that was done.
    await release().catch(() => undefined);
  }
}

async function acquire(directory: string, onWait: (seconds: number) => void): Promise<() => Promise<void>> {
  const began = performance.now();
  let told = -Infinity;
  for (;;) {
    try {
      return await lockfile.lock(directory, {
        lockfilePath: join(directory, '.lock'),
        stale: STALE_MS,
        // The default throws from a timer and takes the process down. Two holders do no harm here: what is
        // made under the lock is put in place by a rename.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (performance.now() - told >= 5_000) {
      told = performance.now();
      onWait(Math.round((told - began) / 1000));
    }
    await sleep(250);
  }
}
