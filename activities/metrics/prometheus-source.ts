import { Refusal } from '../../src/engine/errors.js';
import type { Scrape } from '../../src/analysis/arms.js';
import { BadAnswer } from './bad-answer.js';
import { Fleet } from './fleet.js';
import { fetchText, refuseAddress, unreadable } from './http.js';
import type { MetricsSource } from './ports.js';
import { parseSeries, type Series } from './prometheus-answer.js';
import { selectorOf } from './prometheus-selector.js';
import { snapshotsOf, type Snapshot } from './snapshots.js';
import type { ArmMetrics } from './sum-by-arm.js';

/** Which Prometheus is asked, and what it knows of the counters. */
export interface PrometheusOptions extends ArmMetrics {
  /** Where its HTTP API begins, without `/api/v1`: such as `http://prometheus:9090` or `https://mimir/prometheus`. */
  readonly url: string;
  /** Milliseconds between two scrapes of a process by Prometheus. */
  readonly interval: number;
  /** The labels whose values tell processes apart; `job` and `instance` when absent. */
  readonly instance?: readonly string[];
  /** Sent with each question; may hold secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until an answer is given up; 5 s when absent. */
  readonly timeout?: number;
}

/** How many intervals back each question looks, so that one lost scrape loses no process. */
const reach = 2.5;
/** Milliseconds by which Prometheus's clock may be ahead of ours. Further, old samples would look young. */
const ahead = 5_000;

/**
 * A source that reads from Prometheus's HTTP API, or one that is compatible. It asks for the samples as they were
 * scraped, with their times, not for a value now: that would answer a dead process's last value for five minutes.
 * Throws `Refusal` when an option cannot be right.
 */
export function prometheusSource(options: PrometheusOptions): MetricsSource {
  const { url, interval, instance: by = ['job', 'instance'], headers = {}, timeout = 5_000 } = options;
  refuseAddress(url, 'http://host:9090');
  if (new URL(url).search !== '') {
    throw new Refusal(`metrics source "${url}"`, 'has a query in its address', 'end it before /api/v1');
  }
  for (const [name, value] of Object.entries(headers)) refuseHeader(name, value);
  const counted = [options.requests, `${options.duration}_bucket`];
  const selector = selectorOf(options, [...counted, `${options.duration}_sum`]);

  const ask = async (range: number, signal: AbortSignal): Promise<Snapshot[]> => {
    const asked = Date.now();
    const query = new URLSearchParams({ query: `${selector}[${Math.ceil(range)}ms]` });
    const question = {
      source: url,
      url: `${url.replace(/\/+$/, '')}/api/v1/query?${query.toString()}`,
      headers: { accept: 'application/json', ...headers },
      timeout,
      redirect: 'manual' as const,
    };
    const series = parseSeries(url, await fetchText(question, signal));
    const missing = counted.find((metric) => !series.some(({ name }) => name === metric));
    if (missing !== undefined) {
      throw unreadable(
        url,
        `it has no sample of ${missing} that fits ${selector} within ${Math.ceil(range)} ms`,
      );
    }
    refuseFuture(url, series);
    return snapshotsOf(series, { by, settled: asked - interval }, options, url);
  };

  let fleet = new Fleet(interval);
  let heard = 0;
  return {
    async scrape(signal) {
      const asked = Date.now();
      const missed = heard === 0 ? 0 : asked - heard;
      for (const snapshot of await ask(reach * interval + missed, signal)) fleet.take(snapshot);
      heard = asked;
      const scrape = fleet.scrape();
      if (scrape === undefined) throw unreadable(url, 'its first samples may not be complete yet');
      return scrape;
    },

    async history(from, step, signal) {
      const asked = Date.now();
      const anew = new Fleet(interval);
      const scrapes: Scrape[] = [];
      let due = 0;
      for (const snapshot of await ask(asked - from + reach * interval, signal)) {
        anew.take(snapshot);
        if (snapshot.at < due) continue;
        const scrape = anew.scrape();
        if (scrape !== undefined) scrapes.push(scrape);
        due = snapshot.at + step;
      }
      fleet = anew;
      heard = asked;
      return scrapes;
    },
  };
}

/** What fetch says of a header that cannot be sent has its value in it. */
function refuseHeader(name: string, value: string): void {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value.trim())) return;
  const rule = 'cannot be sent: its name or its value has a character that a header may not have';
  throw new Refusal(
    `header "${name}" of a metrics source`,
    rule,
    'correct the configuration or the variable',
  );
}

function refuseFuture(url: string, series: readonly Series[]): void {
  const newest = series.flatMap(({ samples }) => samples).reduce((most, { at }) => Math.max(most, at), 0);
  const difference = newest - Date.now();
  if (difference <= ahead) return;
  const came = `has samples from ${Math.round(difference / 1_000)} s ahead of this worker's clock`;
  throw new BadAnswer(url, came, 'set both clocks by the same time');
}
