import { span } from '../../src/analysis/words.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { BadAnswer, describeBody } from './bad-answer.js';
import { readText, type Progress } from './body.js';
import { clockAhead } from './clocks.js';
import { explain } from './unreachable.js';

/** What a server answered, whatever it is. */
export interface Answer {
  /** The content type. */
  readonly type: string;
  readonly text: string;
  /** Where it came from, without its query, when the server that was asked had sent us there. */
  readonly sentTo?: string;
  /** Milliseconds by which the server's clock is ahead of ours; absent while they agree. */
  readonly clockAhead?: number;
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
  if (url.includes('@') && (parsed === undefined || parsed.username !== '' || parsed.password !== '')) {
    const fix = 'take them out of the address, which stands in every error message';
    throw new Refusal(`metrics source at ${parsed?.host ?? '?'}`, 'its address holds credentials', fix);
  }
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new Refusal(`metrics source "${url}"`, 'is not an HTTP address', `write it as ${example}`);
  }
}

/**
 * Asks for text. Throws `BadAnswer` when a status says that asking again will not help, what the signal says when it
 * aborts, and any other error when there is no answer now.
 */
export async function fetchText(question: Question, signal: AbortSignal): Promise<Answer> {
  const { source, timeout } = question;
  signal.throwIfAborted();
  // Not AbortSignal.any: a signal that lives for weeks would keep something of every scrape.
  const giveUp = new AbortController();
  const abort = () => giveUp.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const progress: Progress = { bytes: 0 };
  const timer = setTimeout(() => giveUp.abort(new Error(tooSlow(timeout, progress))), timeout);
  try {
    return await ask(question, giveUp.signal, progress);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BadAnswer) throw error;
    throw unreadable(source, explain(giveUp.signal.aborted ? giveUp.signal.reason : error), error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

async function ask(question: Question, signal: AbortSignal, progress: Progress): Promise<Answer> {
  const { source, url, headers, redirect } = question;
  const response = await fetch(url, { headers, redirect, signal });
  const ahead = clockAhead(response.headers, Date.now());
  const type = response.headers.get('content-type') ?? 'no content type';
  if (isRedirect(response.status)) {
    await response.body?.cancel();
    throw sentAway(source, response);
  }
  const text = await readText(source, response, progress);
  if (!response.ok) throw refusedBy(source, response.status, describeBody(type, text));
  return {
    type,
    text,
    ...(response.redirected && { sentTo: withoutQuery(response.url) }),
    ...(ahead !== undefined && { clockAhead: ahead }),
  };
}

function tooSlow(timeout: number, { bytes }: Progress): string {
  return bytes === 0
    ? `no answer within ${span(timeout)}`
    : `its answer was not complete after ${span(timeout)}: ${bytes} bytes had come`;
}

/** A source that says nothing now, and may later. */
export function unreadable(source: string, why: string, cause?: unknown): Error {
  return new Error(`${source} cannot be read: ${why}`, { cause });
}

/** A client error stays until the settings change; a server error or a limit may pass by itself. */
function refusedBy(source: string, status: number, body: string): Error {
  if (status >= 500 || status === 408 || status === 429) {
    return new Error(`it answers with status ${status}`);
  }
  const fix =
    status === 401 || status === 403
      ? 'let this worker in; credentials are for a prometheus entry, as bearer, basic or headers'
      : "correct the source's address";
  return new BadAnswer(source, `answers with status ${status} (${body})`, fix);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** What carries secrets is not sent elsewhere: the address has to be the one that answers. */
function sentAway(source: string, { status, headers, url }: Response): BadAnswer {
  const location = headers.get('location') ?? '';
  const to = URL.canParse(location, url)
    ? ` and sends us to ${withoutQuery(new URL(location, url).href)}`
    : '';
  return new BadAnswer(source, `answers with status ${status}${to}`, 'name the address that answers itself');
}

/** An address as messages may show it: a query may hold a token. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
