import { Refusal } from '../../src/engine/errors.js';
import { BadAnswer, excerpt } from './bad-answer.js';
import { MalformedLine, parseExposition, type Exposition } from './exposition.js';
import type { MetricsSource } from './ports.js';
import { sumByArm, type ArmMetrics } from './sum-by-arm.js';

/** Where an exposition is found and what is read from it. */
export interface ExpositionOptions extends ArmMetrics {
  /** Such as `http://shop:8080/metrics`: one process, or an endpoint that sums several. */
  readonly url: string;
  /** Milliseconds until an answer is given up; 5 s when absent. */
  readonly timeout?: number;
}

/** A source that reads a Prometheus text exposition over HTTP. Throws `Refusal` when `url` is no HTTP address. */
export function expositionSource(options: ExpositionOptions): MetricsSource {
  const { url, timeout = 5_000 } = options;
  refuseAddress(url);
  return {
    async scrape(signal) {
      const at = Date.now();
      const { type, text } = await fetchText(url, timeout, signal);
      return { at, arms: sumByArm(parse(url, type, text), options, url) };
    },
  };
}

function refuseAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new Refusal(
      `metrics source "${url}"`,
      'is not an HTTP address',
      'write it as http://host:port/metrics',
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    const mend = 'take them out of the address, which stands in every error message';
    throw new Refusal(`metrics source at ${parsed.host}`, 'its address holds credentials', mend);
  }
}

interface Answer {
  readonly type: string;
  readonly text: string;
}

async function fetchText(url: string, timeout: number, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  // Not AbortSignal.any: a signal that lives for weeks would keep something of every scrape.
  const giveUp = new AbortController();
  const abort = () => giveUp.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => giveUp.abort(new Error(`no answer within ${timeout} ms`)), timeout);
  try {
    const response = await fetch(url, {
      headers: { accept: 'text/plain;version=0.0.4' },
      signal: giveUp.signal,
    });
    const type = response.headers.get('content-type') ?? 'no content type';
    const text = await response.text();
    if (!response.ok) throw refusedBy(url, response.status, type, text);
    return { type, text };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BadAnswer) throw error;
    throw new Error(
      `${url} cannot be read: ${explain(giveUp.signal.aborted ? giveUp.signal.reason : error)}`,
      {
        cause: error,
      },
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** A client error stays until the settings change; a server error or a limit may pass by itself. */
function refusedBy(url: string, status: number, type: string, text: string): Error {
  if (status >= 500 || status === 408 || status === 429) return new Error(`it answers with status ${status}`);
  const came = `answers with status ${status} (${type}): ${excerpt(text)}`;
  return new BadAnswer(url, came, "correct the source's address or give it access");
}

function parse(url: string, type: string, text: string): Exposition {
  const mend = 'it must be the address of a Prometheus text exposition, usually ending in /metrics';
  if (/html|json/i.test(type) || /^\s*[<[{]/.test(text)) {
    throw new BadAnswer(url, `answers with ${type}: ${excerpt(text)}`, mend);
  }
  try {
    return parseExposition(text);
  } catch (error) {
    if (!(error instanceof MalformedLine)) throw error;
    const came = `answers with ${type} that is not an exposition (${error.message}): ${excerpt(text)}`;
    throw new BadAnswer(url, came, mend);
  }
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map(explain).join(', ');
  return cause instanceof Error ? explain(cause) : error.message;
}
