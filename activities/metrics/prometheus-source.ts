import { span } from '../../src/analysis/words.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Scrape } from '../../src/analysis/arms.js';
import { BadAnswer } from './bad-answer.js';
import { together } from './clocks.js';
import { Fleet } from './fleet.js';
import { refuseAddress, unreadable } from './http.js';
import { Search } from './missing.js';
import { askRange, catalogueOf, type RangeAnswer } from './prometheus-api.js';
import type { MetricsSource } from './ports.js';
import type { Series } from './prometheus-answer.js';
import { selectorOf } from './prometheus-selector.js';
import { PacedSearch } from './paced-search.js';
import { snapshotsOf, type Snapshot } from './snapshots.js';
import { seriesOf, type ArmMetrics } from './sum-by-arm.js';

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
  const server = { url, headers, timeout };
  const { requests, buckets, sum } = seriesOf(options);
  const selector = selectorOf(options, [requests, buckets, sum]);
  const search = new PacedSearch(new Search(options, url));

  const ask = async (range: number, signal: AbortSignal) => {
    const asked = Date.now();
    const answer = await askRange(server, selector, range, signal);
    const missing = await search.look(answer.series, catalogueOf(server, signal), signal);
    const absent = [requests, buckets].find((metric) => !answer.series.some(({ name }) => name === metric));
    if (absent !== undefined) {
      const why = [`it has no sample of ${absent} that fits ${selector} within ${span(range)}`];
      throw unreadable(url, [...why, ...missing.map(({ text }) => text)].join('; '));
    }
    refuseFuture(url, answer);
    const settled = { by, settled: asked - interval };
    const snapshots: Snapshot[] = snapshotsOf(answer.series, settled, options, url);
    const { clockAhead } = answer;
    const remarks: Partial<Scrape> = {
      stamped: true,
      ...(missing.length > 0 && { missing }),
      ...(clockAhead !== undefined && { clockAhead }),
    };
    return { snapshots, remarks };
  };

  let fleet = new Fleet(interval);
  /** When it was asked last, on the clock that nobody sets. */
  let heard: number | undefined;
  return {
    async scrape(signal) {
      const asked = performance.now();
      const missed = heard === undefined ? 0 : asked - heard;
      const { snapshots, remarks } = await ask(reach * interval + missed, signal);
      for (const snapshot of snapshots) fleet.take(snapshot);
      heard = asked;
      const scrape = fleet.scrape();
      if (scrape === undefined) throw unreadable(url, 'its first samples may not be complete yet');
      return { ...scrape, ...remarks };
    },

    async history(from, step, signal) {
      const asked = performance.now();
      const anew = new Fleet(interval);
      const scrapes: Scrape[] = [];
      let due = 0;
      const { snapshots, remarks } = await ask(Date.now() - from + reach * interval, signal);
      for (const snapshot of snapshots) {
        anew.take(snapshot);
        if (snapshot.at < due) continue;
        const scrape = anew.scrape();
        if (scrape !== undefined) scrapes.push({ ...scrape, ...remarks });
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

/** Old samples would look young to us. */
function refuseFuture(url: string, { series }: RangeAnswer): void {
  const difference = newestOf(series) - Date.now();
  if (difference <= together) return;
  const came = `has samples from ${span(difference)} ahead of this worker's clock`;
  throw new BadAnswer(url, came, 'set both clocks by the same time');
}

function newestOf(series: readonly Series[]): number {
  return series.flatMap(({ samples }) => samples).reduce((most, { at }) => Math.max(most, at), 0);
}
