import { readObservation, type Observation, type ObserveOptions } from './options.js';

/** Who was given what, as the application itself said. */
export interface ObservedShare {
  readonly asked: number;
  readonly candidate: number;
  readonly baseline: number;
}

/** Requests under way at once: enough to be quick, too few to be felt. */
const concurrency = 5;

/**
 * Asks an application for many keys and counts the arms in its answers, whatever their status. Every answer must name
 * an arm: one that does not is no evidence. Throws `Refusal` for options that cannot be asked, the signal's reason
 * when it fires, and an ordinary error, which trying again may fix, when the application does not answer.
 */
export async function observeShare(options: ObserveOptions, signal: AbortSignal): Promise<ObservedShare> {
  const observation = readObservation(options);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const counts = { candidate: 0, baseline: 0 };
  const left = [...observation.urls];
  const worker = async () => {
    for (let url = left.pop(); url !== undefined; url = left.pop()) {
      counts[await armOf(url, observation, either)] += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, worker));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    // After a failure the others need not go on.
    stop.abort();
  }
  return { asked: observation.urls.length, ...counts };
}

async function armOf(
  url: URL,
  observation: Observation,
  signal: AbortSignal,
): Promise<'candidate' | 'baseline'> {
  const { header, candidate, baseline, timeout } = observation;
  const response = await get(url, timeout, signal);
  const arm = response.headers.get(header);
  if (arm === candidate) return 'candidate';
  if (arm === baseline) return 'baseline';
  const found = arm === null ? `no header ${header}` : `${header}: ${JSON.stringify(arm)}`;
  throw new Error(
    `${url.href} answered ${response.status} with ${found}, so nobody can tell its arm; ` +
      `let the application send ${header}: ${candidate} or ${baseline} with every answer, or fix "observe"`,
  );
}

async function get(url: URL, timeout: number, signal: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, limit]) });
    await response.body?.cancel();
    return response;
  } catch (error) {
    signal.throwIfAborted();
    const why = limit.aborted ? `no answer within ${timeout} ms` : causeOf(error);
    throw new Error(
      `${url.href} cannot be reached (${why}); start the application, or fix the address in "observe"`,
      {
        cause: error,
      },
    );
  }
}

/** `fetch` hides why behind "fetch failed". */
function causeOf(error: unknown): string {
  const { cause } = error as Error;
  const { code, message } = (cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}
