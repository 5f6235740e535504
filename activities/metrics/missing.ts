import type { Missing } from '../../src/analysis/arms.js';
import type { Metric } from '../../src/engine/plan/plan.js';
import { isNearMiss, nearest } from '../../src/engine/base/nearest.js';
import { BadAnswer } from './bad-answer.js';
import type { Sample } from './exposition.js';
import { having, seriesOf, type ArmMetrics, type Labels } from './sum-by-arm.js';

/** What can be asked of a source about the series that it has, or ever had. */
export interface Catalogue {
  /** Whether a metric has a series with all these labels. */
  has(metric: string, labels: Labels): Promise<boolean>;
  /** The values that a label of a metric has. */
  values(metric: string, label: string): Promise<readonly string[]>;
}

interface Wanted {
  readonly metric: string;
  readonly labels: Labels;
  readonly concerns: Missing['concerns'];
  /** What follows while no series has these labels. */
  readonly so: string;
}

/** A value in the settings that is most likely another one misspelt. */
export class Misspelt extends BadAnswer {}

const all: readonly Metric['type'][] = ['error-rate', 'latency'];

/** Values that are named in a message. */
const mostNamed = 10;

/**
 * Looks in a source for everything that its settings name, until it was found once: counters may begin with the first
 * thing they count, so what is not there yet may come. Whoever depends on it is told; only a value that is most likely
 * another one misspelt is refused, for that would never come.
 */
export class Search {
  readonly #wanted: Set<Wanted>;
  readonly #metrics: ArmMetrics;
  readonly #source: string;

  constructor(metrics: ArmMetrics, source: string) {
    this.#metrics = metrics;
    this.#source = source;
    this.#wanted = new Set(wantedBy(metrics));
  }

  /** Whether there is anything left to look for. */
  get open(): boolean {
    return this.#wanted.size > 0;
  }

  /** Takes note of series that were seen; answers whether something was found among them. */
  see(series: readonly Pick<Sample, 'name' | 'labels'>[]): boolean {
    const found = [...this.#wanted].filter(({ metric, labels }) => {
      const has = having(labels);
      return series.some((one) => one.name === metric && has(one));
    });
    for (const wanted of found) this.#wanted.delete(wanted);
    return found.length > 0;
  }

  /** What is still missing. Throws `Misspelt` for a value that is most likely another one's. */
  async look(catalogue: Catalogue): Promise<Missing[]> {
    const missing = new Map<Labels, Missing>();
    for (const wanted of this.#wanted) {
      const { metric, labels } = wanted;
      // What no request has, no duration has either: once is enough to say so.
      if (missing.has(labels)) continue;
      if (await catalogue.has(metric, labels)) this.#wanted.delete(wanted);
      else for (const found of await this.#describe(wanted, catalogue)) missing.set(labels, found);
    }
    return [...missing.values()];
  }

  /** Nothing is said of a metric that has no series at all: it has not begun to count. */
  async #describe({ metric, labels, concerns, so }: Wanted, catalogue: Catalogue): Promise<Missing[]> {
    const instead: string[] = [];
    for (const [label, value] of Object.entries(labels)) {
      const values = await catalogue.values(metric, label);
      if (values.length === 0) return [];
      if (values.includes(value)) continue;
      this.#refuseMisspelt(metric, label, value, values);
      instead.push(`no ${label}=${JSON.stringify(value)}, only ${named(value, values)}`);
    }
    // The nearest values come early: where there is little room, the end is cut off.
    const together = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    const there = instead.length > 0 ? instead.join('; ') : `never ${together.join(' together with ')}`;
    return [{ concerns, text: `${so}: ${metric} has ${there}` }];
  }

  #refuseMisspelt(metric: string, label: string, value: string, values: readonly string[]): void {
    const { arm } = this.#metrics;
    const meant = label === arm.label ? [arm.baseline, arm.candidate] : [];
    const near = values.find((there) => !meant.includes(there) && isNearMiss(value, there));
    if (near === undefined) return;
    const came = `has no ${metric} with ${label}="${value}", but with ${label}="${near}"`;
    throw new Misspelt(
      this.#source,
      came,
      "correct the source's settings; if both are meant, let the service count the other from 0 on",
    );
  }
}

function wantedBy({ arm, failed, where = {}, ...metrics }: ArmMetrics): Wanted[] {
  const { requests, buckets } = seriesOf({ arm, failed, ...metrics });
  const both = (labels: Labels, so: string): Wanted[] => [
    { metric: requests, labels, concerns: all, so },
    { metric: buckets, labels, concerns: ['latency'], so },
  ];
  const failures: Wanted = {
    metric: requests,
    labels: failed,
    concerns: ['error-rate'],
    so: 'no failure counted so far',
  };
  return [
    failures,
    ...(Object.keys(where).length > 0 ? both(where, 'nothing counted that is asked for') : []),
    ...both({ [arm.label]: arm.baseline }, 'baseline not counted so far'),
    ...both({ [arm.label]: arm.candidate }, 'candidate not counted so far'),
  ];
}

/** The nearest first. */
function named(wanted: string, values: readonly string[]): string {
  const ordered = [...new Set([...nearest(wanted, values), ...[...values].sort()])];
  const quoted = ordered.slice(0, mostNamed).map((value) => JSON.stringify(value));
  const more = ordered.length - quoted.length;
  return `${quoted.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
