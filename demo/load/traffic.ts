import { shopClient } from './client.js';
import { Counters, type LoadStats } from './counters.js';
import { customersOf } from './customers.js';
import { Ledger, type LedgerRecord } from './ledger.js';
import { seededRandom } from './random.js';
import { randomVisit, visitor, type Send } from './visits.js';

/** What the load needs. */
export interface TrafficOptions {
  readonly shopUrl: string;
  /** Customers 1 to this number exist. */
  readonly customers: number;
  readonly requestsPerSecond: number;
  readonly seed: number;
}

/** Customers who keep coming. */
export interface Traffic {
  stats(): LoadStats;
  /** Sends nothing more and waits for the answers in flight. */
  stop(): Promise<{ stats: LoadStats; ledger: LedgerRecord }>;
}

const IN_FLIGHT_LIMIT = 400;
const TIMEOUT_MS = 10_000;

/**
 * Open loop: customers come at the given rate however slowly the shop answers, as real ones do; a shop that got slow
 * would otherwise lower its own load. Requests over the limit in flight are skipped and counted as such.
 */
export function startTraffic(options: TrafficOptions): Traffic {
  const random = seededRandom(options.seed);
  const client = shopClient(options.shopUrl, { connections: IN_FLIGHT_LIMIT, timeoutMs: TIMEOUT_MS });
  const counters = new Counters(Date.now());
  const ledger = new Ledger(options.customers);
  const inFlight = new Set<Promise<void>>();
  const send: Send = async (route, request) => {
    const sentAt = performance.now();
    const answer = await client.send(request);
    counters.observe({ ...answer, at: Date.now(), tookMs: performance.now() - sentAt, route });
    return answer;
  };
  const visit = visitor(send, customersOf(options.customers, random), ledger, random);

  const startedAt = performance.now();
  let due = 0;
  const tick = (): void => {
    const now = Math.floor(((performance.now() - startedAt) / 1000) * options.requestsPerSecond);
    for (; due < now; due += 1) {
      if (inFlight.size >= IN_FLIGHT_LIMIT) {
        counters.skip(now - due);
        due = now;
        return;
      }
      const running: Promise<void> = visit(randomVisit(random)).finally(() => inFlight.delete(running));
      inFlight.add(running);
    }
  };
  const timer = setInterval(tick, Math.max(5, Math.min(50, 1000 / options.requestsPerSecond)));
  const stats = (): LoadStats => counters.stats(Date.now(), inFlight.size);
  return {
    stats,
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      client.close();
      return { stats: stats(), ledger: ledger.record() };
    },
  };
}
