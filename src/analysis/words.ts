import type { Metric } from '../engine/plan/plan.js';
import type { Quantile } from './quantile.js';

/** A length of time in milliseconds, as a sentence says it: `300 ms`, `10 s`, `2.5 min`, `3 h`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${tenths(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${tenths(ms / 60_000)} min`;
  return `${tenths(ms / 3_600_000)} h`;
}

/** A value of a metric: an error rate as `8.3 %`, a latency as `420 ms` or `1.2 s`. */
export function amount(metric: Metric, value: number): string {
  if (metric.type === 'error-rate') return `${short(value * 100)} %`;
  return Math.abs(value) < 1 ? `${short(value * 1_000)} ms` : `${short(value)} s`;
}

/** A metric with what was measured: `errors 8.3 %`, `p95 420 ms`, `p99 above 10 s (the highest bucket)`. */
export function measured(metric: Metric, { value, beyond }: Quantile): string {
  const name = metric.type === 'error-rate' ? 'errors' : `p${short(metric.quantile * 100)}`;
  return `${name} ${beyond ? 'above ' : ''}${amount(metric, value)}${beyond ? ' (the highest bucket)' : ''}`;
}

/** `1 request`, `120 requests`, `120 baseline requests`. */
export function requests(count: number, arm = ''): string {
  return `${tenths(count)} ${arm === '' ? '' : `${arm} `}request${count === 1 ? '' : 's'}`;
}

function short(value: number): string {
  return Math.abs(value) >= 1 ? tenths(value) : String(Number(value.toPrecision(2)));
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}
