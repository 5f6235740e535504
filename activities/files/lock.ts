import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { tellEvent } from './write-events.js';

/** Milliseconds after which the lock of a process that died may be taken over. */
const staleAfter = 3_000;
/** Milliseconds to wait for others; each holds the lock for some milliseconds only. */
const waitAtMost = 15_000;

/** Throws when the lock is ours no more. Call it right before what the lock protects, without an `await` between. */
export type Held = () => void;

/**
 * Runs `work` while no other process of this machine holds the lock of `file` (a directory `<file>.lock`).
 * The directory of `file` must exist; `file` need not. Throws an ordinary error, which trying again may fix, when
 * others hold the lock for too long, and the signal's reason when it fires while waiting.
 */
export async function withFileLock<T>(
  file: string,
  work: (held: Held) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lost: { reason?: string } = {};
  const release = await acquire(file, lost, signal);
  const identity = identityOf(file);
  const held = () => {
    // A process that slept past `staleAfter` may have been robbed of the lock before any timer could tell it.
    if (lost.reason !== undefined || identity === undefined || identityOf(file) !== identity) {
      throw new Error(`${file}: the lock was lost while working (${lost.reason ?? 'taken over'}); try again`);
    }
  };
  try {
    tellEvent(file, 'locked');
    return await work(held);
  } finally {
    // A lost lock is somebody else's to release.
    if (identity !== undefined && identityOf(file) === identity) await release().catch(() => undefined);
  }
}

async function acquire(
  file: string,
  lost: { reason?: string },
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  const giveUpAt = performance.now() + waitAtMost;
  for (let pause = 4; ; pause = Math.min(pause * 1.5, 60)) {
    signal?.throwIfAborted();
    try {
      return await lockfile.lock(file, {
        realpath: false,
        stale: staleAfter,
        // The default throws outside of every promise and would end the process.
        onCompromised: (error) => (lost.reason = error.message),
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (performance.now() > giveUpAt) {
      throw new Error(
        `${file}: another process has held its lock for ${waitAtMost / 1_000} s; if none is working on it, remove ${file}.lock`,
      );
    }
    await sleep(pause * (0.5 + Math.random()), undefined, signal ? { signal } : {});
  }
}

function identityOf(file: string): string | undefined {
  const stat = statSync(`${file}.lock`, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino}:${stat.birthtimeNs}`;
}
