import type { Bucket } from '../../src/analysis/arms.js';
import { BadAnswer } from './bad-answer.js';
import { keyOf, seriesText } from './counts.js';
import type { Sample } from './exposition.js';
import { unreadable } from './http.js';

/**
 * The histograms of samples of `_bucket`, each with its buckets in order. Throws `BadAnswer` for a bound that is none,
 * and an error that may pass when one is not whole: without its last bucket the answer was cut off, or is of something
 * else; and a bucket with less than the one below it counts what nobody can have counted.
 */
export function histogramsOf(samples: readonly Sample[], source: string): Bucket[][] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = keyOf(sample, 'le');
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].map((group) => {
    const buckets = group
      .map((sample) => ({ le: boundOf(sample, source), count: sample.value }))
      .sort((a, b) => a.le - b.le);
    const problem = problemOf(buckets);
    if (problem !== undefined) throw unreadable(source, `its ${histogramText(group)} ${problem}`);
    return buckets;
  });
}

function problemOf(buckets: readonly Bucket[]): string | undefined {
  if (buckets.at(-1)?.le !== Infinity) return 'has no bucket le="+Inf", so it is not whole';
  const twice = buckets.find(({ le }, index) => le === buckets[index - 1]?.le);
  if (twice !== undefined) return `has the bucket le="${twice.le}" twice`;
  const falling = buckets.find(({ count }, index) => count < (buckets[index - 1]?.count ?? 0));
  return falling && `has less in the bucket le="${falling.le}" than in the one below it`;
}

function histogramText([first]: readonly Sample[]): string {
  if (first === undefined) return 'histogram';
  const labels = new Map([...first.labels].filter(([label]) => label !== 'le'));
  return seriesText({ name: first.name, labels });
}

function boundOf({ name, labels }: Sample, source: string): number {
  const text = labels.get('le') ?? '';
  const le = /^\+?inf$/i.test(text) ? Infinity : Number(text);
  if (text !== '' && !Number.isNaN(le)) return le;
  throw new BadAnswer(source, `has a ${name} with le="${text}"`, 'a bound is a number or +Inf');
}
