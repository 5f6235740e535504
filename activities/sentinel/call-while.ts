import type { Client } from '@temporalio/client';

/**
 * A call to the server with a deadline, cut short when the work ends: a query waits as long as it may when its worker
 * has stopped. The signal of a call is its own, because the client leaves a listener on it for ever.
 */
export async function callWhile<T>(
  client: Client,
  signal: AbortSignal,
  call: () => Promise<T>,
  ms: number,
): Promise<T> {
  signal.throwIfAborted();
  const cut = new AbortController();
  const abort = () => cut.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await client.withAbortSignal(cut.signal, () => client.withDeadline(Date.now() + ms, call));
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
