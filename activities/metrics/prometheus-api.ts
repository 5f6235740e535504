import { unreadable, fetchText, type Answer } from './http.js';
import type { Catalogue } from './missing.js';
import { dataOf, isObject, parseSeries, type Series } from './prometheus-answer.js';
import { quoted, refuseName } from './prometheus-selector.js';

/** A server with Prometheus's HTTP API. */
export interface Server {
  /** Where its API begins, without `/api/v1`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until an answer is given up. */
  readonly timeout: number;
}

/** What a range of raw samples was answered with. */
export interface RangeAnswer {
  readonly series: readonly Series[];
  /** Milliseconds by which the server's clock is ahead of ours; absent while they agree. */
  readonly clockAhead?: number;
}

/** The samples of a selector as they were scraped, over the last `range` milliseconds. */
export async function askRange(
  server: Server,
  selector: string,
  range: number,
  signal: AbortSignal,
): Promise<RangeAnswer> {
  const answer = await ask(server, 'query', { query: `${selector}[${Math.ceil(range)}ms]` }, signal);
  const series = parseSeries(server.url, answer);
  return { series, ...(answer.clockAhead !== undefined && { clockAhead: answer.clockAhead }) };
}

/** What the server's index knows, of all the time for which it keeps series: it costs no samples. */
export function catalogueOf(server: Server, signal: AbortSignal): Catalogue {
  const values = async (label: string, selector: string): Promise<readonly string[]> => {
    const answer = await ask(server, `label/${label}/values`, { 'match[]': selector }, signal);
    const data = dataOf(server.url, answer);
    if (Array.isArray(data) && data.every((value) => typeof value === 'string')) return data;
    const came = isObject(data) ? 'an object' : typeof data;
    throw unreadable(server.url, `it answers ${came} instead of a label's values`);
  };
  return {
    async has(metric, labels) {
      const matchers = Object.entries(labels).map(([label, value]) => {
        refuseName(label, 'a label');
        return `${label}=${quoted(value)}`;
      });
      return (await values('__name__', `${metric}{${matchers.join(',')}}`)).includes(metric);
    },
    values: (metric, label) => values(label, metric),
  };
}

function ask(
  { url, headers, timeout }: Server,
  path: string,
  parameters: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const query = new URLSearchParams(parameters).toString();
  const question = {
    source: url,
    url: `${url.replace(/\/+$/, '')}/api/v1/${path}?${query}`,
    headers: { accept: 'application/json', ...headers },
    timeout,
    redirect: 'manual' as const,
  };
  return fetchText(question, signal);
}
