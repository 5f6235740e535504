import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Figures of this process's HTTP, as Prometheus reads them. */
export interface HttpMetrics {
  answered(operation: string, status: number, seconds: number): void;
  streams(by: 1 | -1): void;
  text(): Promise<string>;
}

export const metricsType = 'text/plain';

export function httpMetrics(): HttpMetrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const labelNames = ['operation', 'status'];
  const requests = new Counter({
    name: 'switchback_http_requests_total',
    help: 'Requests that were answered.',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'switchback_http_request_duration_seconds',
    help: 'Time until a request was answered; of a stream, until it began.',
    labelNames: ['operation'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const open = new Gauge({
    name: 'switchback_http_event_streams',
    help: 'Streams of events that are open.',
    registers,
  });
  return {
    answered(operation, status, seconds) {
      requests.inc({ operation, status: String(status) });
      durations.observe({ operation }, seconds);
    },
    streams: (by) => open.inc(by),
    text: () => registry.metrics(),
  };
}
