import type { Scrape } from '../../src/analysis/arms.js';
import { BadAnswer } from './bad-answer.js';
import type { Sample } from './exposition.js';
import type { Series } from './prometheus-answer.js';
import { sumByArm, type ArmMetrics } from './sum-by-arm.js';

/** The counters of one process, as Prometheus scraped them. */
export interface Snapshot extends Scrape {
  readonly process: string;
}

interface Scraped {
  readonly samples: Sample[];
  readonly series: Set<Series>;
}

/** How series are told apart by process. */
export interface Processes {
  /** The labels whose values name a process. */
  readonly by: readonly string[];
  /** A process's newest samples count only when they are complete, or were scraped at this time or before. */
  readonly settled: number;
}

/**
 * What each process counted at each time it was scraped, oldest first. All samples of one scrape of a process bear the
 * same time. Stores that are written to from afar may show half a scrape for a moment, and a counter that is missing
 * looks like a restart: so the newest snapshot of a process waits until it is settled, unless it has every series of
 * the one before. Throws `BadAnswer` when a series does not name its process: the restart of one among several, summed
 * up, would hide what the others counted.
 */
export function snapshotsOf(
  series: readonly Series[],
  { by, settled }: Processes,
  metrics: ArmMetrics,
  source: string,
): Snapshot[] {
  const types = new Map([
    [metrics.requests, 'counter'],
    [metrics.duration, 'histogram'],
  ]);
  const names = new Set(series.map(({ name }) => name));
  return [...byProcess(series, by, source)]
    .flatMap(([process, times]) =>
      complete(times, settled).map(([at, { samples }]) => ({
        process,
        at,
        arms: sumByArm({ samples, types, names }, metrics, source),
      })),
    )
    .sort((a, b) => a.at - b.at);
}

function byProcess(series: readonly Series[], by: readonly string[], source: string) {
  const processes = new Map<string, Map<number, Scraped>>();
  for (const one of series) {
    const { name, labels, samples } = one;
    const nameless = by.find((label) => !labels.has(label));
    if (nameless !== undefined) {
      const fix =
        'name the labels that tell its processes apart in "instance", or a metric that is not summed';
      throw new BadAnswer(source, `has ${name} without a label ${nameless}`, fix);
    }
    const process = JSON.stringify(by.map((label) => labels.get(label)));
    const times = processes.get(process) ?? new Map<number, Scraped>();
    processes.set(process, times);
    for (const { at, value } of samples) {
      const scraped = times.get(at) ?? { samples: [], series: new Set() };
      times.set(at, scraped);
      scraped.samples.push({ name, labels, value });
      scraped.series.add(one);
    }
  }
  return processes;
}

function complete(times: ReadonlyMap<number, Scraped>, settled: number): (readonly [number, Scraped])[] {
  const ordered = [...times].sort(([a], [b]) => a - b);
  const newest = ordered.at(-1);
  const before = ordered.at(-2)?.[1].series;
  if (newest === undefined || newest[0] <= settled) return ordered;
  const whole = before !== undefined && [...before].every((one) => newest[1].series.has(one));
  return whole ? ordered : ordered.slice(0, -1);
}
