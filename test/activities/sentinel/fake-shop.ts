import type { RecordedReading } from '../../../src/analysis/judge-window.js';
import type { ArmCounters, Scrape } from '../../../src/analysis/arms.js';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import type { EvidenceEntry, EvidenceStore } from '../../../activities/records/evidence.js';
import { pickReadings, spansOf, withoutRepeats } from '../../../activities/records/evidence/membership.js';

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
  readonly entries: EvidenceEntry[] = [];
  /** What every append throws, as long as it is set. */
  broken: Error | undefined;

  append(entries: readonly EvidenceEntry[]): Promise<void> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    for (const entry of entries) this.entries.push(entry);
    return Promise.resolve();
  }

  window(rollout: string, from: number, to: number): Promise<RecordedReading[]> {
    return Promise.resolve(this.of(rollout).filter(({ at }) => at >= from && at <= to));
  }

  async *parts(rollout: string, from: number, to: number): AsyncGenerator<RecordedReading[]> {
    yield await this.window(rollout, from, to);
  }

  of(rollout: string): RecordedReading[] {
    const { own, series } = spansOf(
      this.entries.flatMap((entry): unknown[] => {
        if (!('rollout' in entry) || entry.rollout !== rollout) return [];
        return 'reading' in entry ? [entry.reading] : [entry];
      }),
    );
    const shared = [...series].flatMap(([name, spans]) =>
      pickReadings(
        spans,
        this.entries.flatMap((entry) => ('rollout' in entry || entry.series !== name ? [] : [entry.reading])),
      ),
    );
    return withoutRepeats([...own, ...shared]);
  }
}
