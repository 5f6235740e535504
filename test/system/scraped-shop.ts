import { randomUUID } from 'node:crypto';
import { expositionSource } from '../../activities/metrics/exposition-source.js';
import type { MetricsSource } from '../../activities/metrics/ports.js';
import { prometheusSource, type PrometheusOptions } from '../../activities/metrics/prometheus-source.js';
import type { HttpServer } from '../activities/metrics/http-server.js';
import { shop, ShopProcess } from '../activities/metrics/shop-process.js';
import type { DebianPrometheus, Target } from './debian-prometheus.js';
import { untilTrue } from './until.js';

/** One process that counts, scraped by Prometheus, and directly. */
export class Instance {
  readonly process = new ShopProcess();
  #server!: HttpServer;
  #target!: Target;
  readonly #prometheus: DebianPrometheus;

  private constructor(prometheus: DebianPrometheus) {
    this.#prometheus = prometheus;
  }

  static async start(prometheus: DebianPrometheus, test: string): Promise<Instance> {
    const instance = new Instance(prometheus);
    instance.#server = await instance.process.open();
    instance.#target = { address: new URL(instance.#server.url).host, labels: { test } };
    await prometheus.add(instance.#target);
    return instance;
  }

  /** The source that scrapes it without Prometheus. */
  direct(): MetricsSource {
    return expositionSource({ ...shop, url: this.#server.url });
  }

  /** Waits until Prometheus has scraped what is counted now, and once more: then the first time is settled. */
  async scraped(): Promise<void> {
    const { address } = this.#target;
    const now = Date.now() / 1_000;
    const times = new Set<number>();
    await untilTrue(`${address} was scraped`, async () => {
      const [up, at] = await Promise.all([
        this.#prometheus.value(`up{instance="${address}"}`),
        this.#prometheus.value(`timestamp(up{instance="${address}"})`),
      ]);
      if (up === 1 && at !== undefined && at > now) times.add(at);
      return times.size > 1;
    });
  }

  /** The process dies; Prometheus goes on trying. */
  async die(): Promise<void> {
    const { address } = this.#target;
    await this.#server.stop();
    await untilTrue(`${address} is down`, async () => {
      return (await this.#prometheus.value(`up{instance="${address}"}`)) === 0;
    });
  }

  /** The process ends, and Prometheus forgets it. */
  async leave(): Promise<void> {
    await this.#prometheus.remove(this.#target);
    await this.#server.stop();
  }
}

/** Some processes of one shop, which no other test sees. */
export class ScrapedShop {
  readonly #test = randomUUID();
  readonly #prometheus: DebianPrometheus;

  private constructor(
    prometheus: DebianPrometheus,
    readonly instances: Instance[],
  ) {
    this.#prometheus = prometheus;
  }

  static async open(prometheus: DebianPrometheus, count: number): Promise<ScrapedShop> {
    const opened = new ScrapedShop(prometheus, []);
    for (let started = 0; started < count; started += 1) {
      opened.instances.push(await Instance.start(prometheus, opened.#test));
    }
    return opened;
  }

  instance(index: number): Instance {
    const found = this.instances[index];
    if (found === undefined) throw new Error(`there is no instance ${index}`);
    return found;
  }

  source(options: Partial<PrometheusOptions> = {}): MetricsSource {
    const where = { test: this.#test, ...options.where };
    return prometheusSource({ ...shop, url: this.#prometheus.url, interval: 1_000, ...options, where });
  }

  async scraped(instances: readonly Instance[] = this.instances): Promise<void> {
    await Promise.all(instances.map((instance) => instance.scraped()));
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.leave()));
  }
}
