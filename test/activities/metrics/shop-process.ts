import { Counter, Histogram, Registry } from 'prom-client';
import type { ArmMetrics } from '../../../activities/metrics/sum-by-arm.js';
import { listen, type HttpServer } from './http-server.js';

/** Which metrics a shop counts by. */
export const shop: ArmMetrics = {
  requests: 'shop_requests_total',
  failed: { outcome: 'error' },
  duration: 'shop_request_duration_seconds',
  arm: { label: 'arm', baseline: 'baseline', candidate: 'candidate' },
};

/** One process of a shop, which counts with prom-client as a real one does. */
export class ShopProcess {
  #register = new Registry();
  #counter!: Counter;
  #histogram!: Histogram;

  constructor() {
    this.restart();
  }

  /** All counters are gone, as after a restart. */
  restart(): void {
    this.#register = new Registry();
    const registers = [this.#register];
    const labelNames = ['arm', 'route'];
    this.#counter = new Counter({
      name: shop.requests,
      help: 'Requests.',
      labelNames: [...labelNames, 'outcome'],
      registers,
    });
    const buckets = [0.01, 0.1, 1];
    this.#histogram = new Histogram({
      name: shop.duration,
      help: 'Durations.',
      labelNames,
      buckets,
      registers,
    });
  }

  serve(arm: string, requests: number, failed: number, seconds: number, route = '/'): void {
    if (failed > 0) this.#counter.inc({ arm, outcome: 'error', route }, failed);
    this.#counter.inc({ arm, outcome: 'ok', route }, requests - failed);
    for (let count = 0; count < requests; count += 1) this.#histogram.observe({ arm, route }, seconds);
  }

  exposition(): Promise<string> {
    return this.#register.metrics();
  }

  /** Answers scrapes on a port of its own. */
  open(): Promise<HttpServer> {
    return listen((_, response) => {
      const { contentType } = this.#register;
      void this.exposition().then((text) => response.setHeader('content-type', contentType).end(text));
    });
  }
}
