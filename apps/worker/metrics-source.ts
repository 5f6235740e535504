import { expositionSource } from '../../activities/metrics/exposition-source.js';
import type { MetricsSource } from '../../activities/metrics/ports.js';
import { prometheusSource } from '../../activities/metrics/prometheus-source.js';
import { reveal, type Environment } from '../config/config.js';

type Metrics = Environment['metrics'][string];
type Prometheus = NonNullable<Metrics['prometheus']>;

/** The source of a `metrics` entry. Throws `Refusal` when an option cannot be right or a secret's variable is not set. */
export function metricsSourceOf({ url = '', prometheus, ...counters }: Metrics): MetricsSource {
  if (prometheus === undefined) return expositionSource({ url, ...counters });
  const { interval, instance } = prometheus;
  return prometheusSource({
    ...counters,
    url: prometheus.url,
    interval,
    headers: headersOf(prometheus),
    ...(instance === undefined ? {} : { instance }),
  });
}

function headersOf({ bearer, basic, headers = {} }: Prometheus): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name, reveal(value)] as const);
  const all = Object.fromEntries(given);
  if (bearer !== undefined) all['authorization'] = `Bearer ${reveal(bearer)}`;
  if (basic !== undefined) {
    const pair = Buffer.from(`${basic.user}:${reveal(basic.password)}`).toString('base64');
    all['authorization'] = `Basic ${pair}`;
  }
  return all;
}
