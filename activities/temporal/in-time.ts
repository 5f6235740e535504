import type { Client } from '@temporalio/client';

/**
 * Makes a call that has so many milliseconds, measured here: the native client tries a call again for longer than its
 * deadline while the server is away. Throws also when the signal fires.
 */
export async function inTime<T>(
  client: Client,
  signal: AbortSignal,
  ms: number,
  call: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const cut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
    signal.addEventListener('abort', abort, { once: true });
  });
  const made = client.withAbortSignal(cut.signal, () => client.withDeadline(Date.now() + ms, call));
  try {
    return await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
    if (abort) signal.removeEventListener('abort', abort);
    cut.abort();
    // What was cut off ends with an error that nobody waits for.
    made.catch(() => undefined);
  }
}
