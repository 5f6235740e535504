import type { RecordedReading } from '../../../src/analysis/judge-window.js';
import type { ArmCounters, Scrape } from '../../../src/analysis/arms.js';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import type { EvidenceStore } from '../../../activities/records/evidence.js';

/** A shop whose traffic flows as long as it is asked: each millisecond one request of each arm. */
export class FakeShop implements MetricsSource {
  /** Share of the candidate's requests that fail from now on. */
  failing = 0;
  /** What every scrape throws, as long as it is set. */
  broken: Error | undefined;
  scrapes = 0;
  #requests = 0;
  #failed = 0;
  #at = Date.now();

  scrape(signal: AbortSignal): Promise<Scrape> {
    signal.throwIfAborted();
    this.scrapes += 1;
    const at = Date.now();
    const more = at - this.#at;
    this.#at = at;
    this.#requests += more;
    this.#failed += more * this.failing;
    if (this.broken !== undefined) return Promise.reject(this.broken);
    const arm = (failed: number): ArmCounters => ({ requests: this.#requests, failed, durations: [] });
    return Promise.resolve({ at, arms: { baseline: arm(0), candidate: arm(this.#failed) } });
  }
}

/** Evidence in memory. */
export class MemoryEvidence implements EvidenceStore {
  readonly kept = new Map<string, RecordedReading[]>();
  /** What every append throws, as long as it is set. */
  broken: Error | undefined;

  append(rollout: string, readings: readonly RecordedReading[]): Promise<void> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    this.kept.set(rollout, [...this.of(rollout), ...readings]);
    return Promise.resolve();
  }

  window(rollout: string, from: number, to: number): Promise<RecordedReading[]> {
    return Promise.resolve(this.of(rollout).filter(({ at }) => at >= from && at <= to));
  }

  of(rollout: string): RecordedReading[] {
    return this.kept.get(rollout) ?? [];
  }
}
