import { onTestFinished } from 'vitest';
import { prometheusSource, type PrometheusOptions } from '../../../activities/metrics/prometheus-source.js';
import { FakePrometheus } from './fake-prometheus.js';
import { shop, ShopProcess } from './shop-process.js';

/** A signal that does not fire. */
export const never: AbortSignal = new AbortController().signal;
/** Long, so that no slow machine makes a sample older than a test means it to be. */
export const interval = 60_000;
/** A Prometheus for one test, that scrapes when it is told to. The moment before is on its clock an interval ago, so it is settled. */
export async function scrapedShop(options: Partial<PrometheusOptions> = {}) {
  const prometheus = await FakePrometheus.start();
  onTestFinished(() => prometheus.stop());
  const processes = new Map<string, ShopProcess>();
  const process = (instance: string) => {
    const found = processes.get(instance) ?? new ShopProcess();
    processes.set(instance, found);
    return found;
  };
  let last = 0;
  /** Scrapes these processes, or all; `age` is how long ago, in intervals. */
  const scraped = async (instances: readonly string[] = [...processes.keys()], age = 1) => {
    last = Math.max(last + 1, Date.now() - age * interval);
    for (const instance of instances) {
      prometheus.record(last, await process(instance).exposition(), { job: 'shop', instance });
    }
    return last;
  };
  const source = prometheusSource({ ...shop, url: prometheus.url, interval, ...options });
  return { prometheus, source, process, scraped };
}
