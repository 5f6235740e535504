import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Arm } from './store.js';
import { ROUTES, type RouteName } from './routes.js';

/** What Prometheus scrapes from the shop. */
export interface ShopMetrics {
  readonly registry: Registry;
  /** Call when the arm is known; call what it returns once, when the answer has left (or the client has). */
  begin(arm: Arm, route: RouteName): (outcome: 'ok' | 'error') => void;
}

const BUCKETS_S = [
  0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1,
  1.5, 2, 3, 5, 7.5, 10,
];

/** Metrics by arm, in a registry of their own. */
export function shopMetrics(): ShopMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'shop_requests_total',
    help: 'Requests answered; outcome is error for answers of 500 and above and for clients that left',
    labelNames: ['arm', 'outcome', 'route'],
    registers,
  });
  const duration = new Histogram({
    name: 'shop_request_duration_seconds',
    help: 'From the choice of the arm to the end of the answer',
    labelNames: ['arm'],
    buckets: BUCKETS_S,
    registers,
  });
  const inFlight = new Gauge({
    name: 'shop_requests_in_flight',
    help: 'Requests being answered',
    labelNames: ['arm'],
    registers,
  });
  for (const arm of ['baseline', 'candidate']) {
    inFlight.set({ arm }, 0);
    duration.zero({ arm });
    // A counter that first appears at 1 hides that first error from every rate().
    for (const outcome of ['ok', 'error'])
      for (const route of ROUTES) requests.inc({ arm, outcome, route }, 0);
  }
  return {
    registry,
    begin(arm, route) {
      const startedAt = process.hrtime.bigint();
      inFlight.inc({ arm });
      return (outcome) => {
        inFlight.dec({ arm });
        duration.observe({ arm }, Number(process.hrtime.bigint() - startedAt) / 1e9);
        requests.inc({ arm, outcome, route });
      };
    },
  };
}
