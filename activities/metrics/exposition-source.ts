import { BadAnswer, excerpt } from './bad-answer.js';
import { MalformedLine, parseExposition, type Exposition } from './exposition.js';
import { fetchText, refuseAddress } from './http.js';
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
  refuseAddress(url, 'http://host:port/metrics');
  const headers = { accept: 'text/plain;version=0.0.4' };
  return {
    async scrape(signal) {
      const at = Date.now();
      const { type, text } = await fetchText(
        { source: url, url, headers, timeout, redirect: 'follow' },
        signal,
      );
      return { at, arms: sumByArm(parse(url, type, text), options, url) };
    },
  };
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
