import { Refusal } from '../../src/engine/errors.js';
import { BadAnswer, excerpt } from './bad-answer.js';

/** What a server answered, whatever it is. */
export interface Answer {
  /** The content type. */
  readonly type: string;
  readonly text: string;
}

/** How a server is asked. */
export interface Question {
  /** What error messages call the server: an address without secrets. */
  readonly source: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until an answer is given up. */
  readonly timeout: number;
  /** Whether to go where the server sends us; `manual` takes no secret to another place. */
  readonly redirect: 'follow' | 'manual';
}

/** Refuses what cannot be the address of a source: not HTTP, or with credentials in it. Throws `Refusal`. */
export function refuseAddress(url: string, example: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new Refusal(`metrics source "${url}"`, 'is not an HTTP address', `write it as ${example}`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    const mend = 'take them out of the address, which stands in every error message';
    throw new Refusal(`metrics source at ${parsed.host}`, 'its address holds credentials', mend);
  }
}

/**
 * Asks for text. Throws `BadAnswer` when a status says that asking again will not help, what the signal says when it
 * aborts, and any other error when there is no answer now.
 */
export async function fetchText(question: Question, signal: AbortSignal): Promise<Answer> {
  const { source, url, headers, timeout, redirect } = question;
  signal.throwIfAborted();
  // Not AbortSignal.any: a signal that lives for weeks would keep something of every scrape.
  const giveUp = new AbortController();
  const abort = () => giveUp.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => giveUp.abort(new Error(`no answer within ${timeout} ms`)), timeout);
  try {
    const response = await fetch(url, { headers, redirect, signal: giveUp.signal });
    const type = response.headers.get('content-type') ?? 'no content type';
    const text = await response.text();
    if (!response.ok) throw refusedBy(source, response.status, type, text);
    return { type, text };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BadAnswer) throw error;
    throw unreadable(source, explain(giveUp.signal.aborted ? giveUp.signal.reason : error), error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** A source that says nothing now, and may later. */
export function unreadable(source: string, why: string, cause?: unknown): Error {
  return new Error(`${source} cannot be read: ${why}`, { cause });
}

/** A client error stays until the settings change; a server error or a limit may pass by itself. */
function refusedBy(source: string, status: number, type: string, text: string): Error {
  if (status >= 500 || status === 408 || status === 429) return new Error(`it answers with status ${status}`);
  const came = `answers with status ${status} (${type}): ${excerpt(text)}`;
  return new BadAnswer(source, came, "correct the source's address or give it access");
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map(explain).join(', ');
  return cause instanceof Error ? explain(cause) : error.message;
}
