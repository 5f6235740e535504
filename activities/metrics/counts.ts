import type { Sample } from './exposition.js';
import { unreadable } from './http.js';

/**
 * Samples that can be added up: each series once, and every value a count. Throws an error that may pass when a value
 * is none, or when a series stands twice with two values: whatever is told of them, one of the two is not so.
 */
export function countsOf(samples: readonly Sample[], source: string): Sample[] {
  const series = new Map<string, Sample>();
  for (const sample of samples) {
    if (!Number.isFinite(sample.value) || sample.value < 0) {
      const rule = 'a count is a finite number from zero up';
      throw unreadable(source, `its ${seriesText(sample)} is ${sample.value}, and ${rule}`);
    }
    const key = keyOf(sample);
    const before = series.get(key);
    if (before !== undefined && before.value !== sample.value) {
      const values = `${before.value} and ${sample.value}`;
      throw unreadable(source, `its ${seriesText(sample)} stands twice, with ${values}`);
    }
    series.set(key, sample);
  }
  return [...series.values()];
}

/** A series as PromQL writes it. */
export function seriesText({ name, labels }: Pick<Sample, 'name' | 'labels'>): string {
  return `${name}{${[...labels].map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
}

/** Equal for samples of one series; without `but`, one of the labels, when that is given. */
export function keyOf({ name, labels }: Pick<Sample, 'name' | 'labels'>, but?: string): string {
  const others = [...labels].filter(([label]) => label !== but).map((pair) => JSON.stringify(pair));
  return `${name} ${others.sort().join()}`;
}
