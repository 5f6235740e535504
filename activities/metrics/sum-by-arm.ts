import type { Arm, ArmCounters, Bucket, Scrape } from '../../src/analysis/arms.js';
import { BadAnswer } from './bad-answer.js';
import { countsOf } from './counts.js';
import { histogramsOf } from './histograms.js';
import type { Exposition, Sample } from './exposition.js';
import { nearest } from '../../src/engine/base/nearest.js';

/** Labels and the values they must have. */
export interface Labels {
  readonly [name: string]: string;
}

/** Which metrics of an exposition count requests, and how their labels tell the arms apart. */
export interface ArmMetrics {
  /** A counter of all requests. */
  readonly requests: string;
  /** The labels of the failed ones among them, such as `{ outcome: 'error' }`. */
  readonly failed: Labels;
  /** A histogram of durations in seconds, without `_bucket`. */
  readonly duration: string;
  /** The label that names the arm, and its values. */
  readonly arm: { readonly label: string; readonly baseline: string; readonly candidate: string };
  /** Only samples with these labels count. */
  readonly where?: Labels;
}

/** The names under which an exposition has these metrics. */
export function seriesOf({ requests, duration }: ArmMetrics): {
  readonly requests: string;
  readonly buckets: string;
  readonly sum: string;
} {
  return { requests, buckets: `${duration}_bucket`, sum: `${duration}_sum` };
}

/**
 * Sums an exposition's counters by arm. An arm without a sample is absent: it had no request yet. Throws `BadAnswer`
 * when a metric or a label is not in the exposition at all, for then no answer would ever hold a measurement, and an
 * error that may pass when a number is none.
 */
export function sumByArm(exposition: Exposition, metrics: ArmMetrics, source: string): Scrape['arms'] {
  const where = metrics.where ?? {};
  const names = seriesOf(metrics);
  const counters = find(exposition, source, names.requests, 'counter', metrics.requests);
  const buckets = find(exposition, source, names.buckets, 'histogram', metrics.duration);
  const sums = exposition.samples.filter(({ name }) => name === names.sum);
  const shared = [metrics.arm.label, ...Object.keys(where)];
  demandLabels(counters, [...shared, ...Object.keys(metrics.failed)], source);
  demandLabels(buckets, [...shared, 'le'], source);

  const arms: { [A in Arm]?: ArmCounters } = {};
  for (const arm of ['baseline', 'candidate'] as const) {
    const ours = having({ ...where, [metrics.arm.label]: metrics.arm[arm] });
    const requests = countsOf(counters.filter(ours), source);
    if (requests.length === 0) continue;
    const sum = total(sums.filter(ours));
    arms[arm] = {
      requests: total(requests),
      failed: total(requests.filter(having(metrics.failed))),
      durations: byBound(histogramsOf(countsOf(buckets.filter(ours), source), source)),
      ...(Number.isFinite(sum) && { sum }),
    };
  }
  return arms;
}

function find(
  exposition: Exposition,
  source: string,
  name: string,
  type: string,
  declared: string,
): Sample[] {
  const samples = exposition.samples.filter((sample) => sample.name === name);
  const type_ = exposition.types.get(declared);
  if (type_ !== undefined && type_ !== type && type_ !== 'untyped') {
    throw new BadAnswer(source, `has ${declared} as a ${type_}`, `a ${type} is needed: name another metric`);
  }
  if (samples.length > 0 || type_ !== undefined) return samples;
  const names = [...exposition.types.keys(), ...exposition.names];
  throw new BadAnswer(source, `has no metric ${declared}`, suggestion(declared, names, 'metric'));
}

function demandLabels(samples: readonly Sample[], labels: readonly string[], source: string): void {
  const name = samples[0]?.name;
  if (name === undefined) return;
  const present = new Set(samples.flatMap((sample) => [...sample.labels.keys()]));
  const absent = labels.find((label) => !present.has(label));
  if (absent !== undefined) {
    throw new BadAnswer(
      source,
      `has ${name} without a label ${absent}`,
      suggestion(absent, present, 'label'),
    );
  }
}

function suggestion(wanted: string, names: Iterable<string>, what: string): string {
  const near = nearest(wanted, names);
  const all = [...new Set(names)];
  if (near.length > 0)
    return `the nearest ${what} names are ${near.join(', ')}: correct the source's settings`;
  return all.length > 0 && all.length <= 10
    ? `its ${what} names are ${all.join(', ')}: correct the source's settings`
    : `no ${what} name is like it: correct the source's settings or its address`;
}

function byBound(histograms: readonly (readonly Bucket[])[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { le, count } of histograms.flat()) counts.set(le, (counts.get(le) ?? 0) + count);
  return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}

/** Whether a sample has all these labels, with these values. */
export function having(labels: Labels): (sample: Pick<Sample, 'labels'>) => boolean {
  const wanted = Object.entries(labels);
  return (sample) => wanted.every(([name, value]) => sample.labels.get(name) === value);
}

function total(samples: readonly Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0);
}
