import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds, type Duration } from '../src/engine/base/duration.js';
import { fill, settle, type Soaker } from './crowd.js';
import { told, within, type Figure } from './figures.js';
import type { Scale } from './options.js';
import { burst, crowd, loneSources } from './plans.js';
import { idOf } from './rollouts.js';
import type { BenchWorker, Stage } from './stage.js';
import { median, percentile } from './statistics.js';
import { until } from './until.js';

/** Between two looks at who is at zero. */
const lookEvery = 250;
/** Guards are sampled together, and what breaches between two samples breaches at once: one by one takes short intervals. */
const aloneEvery: Duration = '1s';

/** From the sample that crosses the limit to exposure zero, one by one and many in the same instant, amid a crowd. */
export async function benchBreach(stage: Stage, { rollouts = 5_000, every }: Scale): Promise<Figure[]> {
  const worker = await stage.worker();
  await worker.ask({ type: 'start' });
  const few = Math.min(rollouts, loneSources.length);
  const lone: Soaker[] = loneSources
    .slice(0, few)
    .map((source) => ({ key: source, source, every: shorter(every, aloneEvery) }));
  const together: Soaker[] = lone.map((_, index) => ({ key: `burst-${index}`, source: burst, every }));
  const others: Soaker[] = Array.from({ length: rollouts - few }, (_, index) => ({
    key: `crowd-${index}`,
    source: crowd,
    every,
  }));
  // Who came last is in the worker's memory still: they are measured as they come.
  await fill(stage, worker, mixed([...lone, ...together], others));
  await settle(stage, every);

  stage.say(`${lone.length} breaches, one by one`);
  const alone: number[] = [];
  for (const one of lone) {
    await worker.ask({ type: 'spoil', source: one.source });
    alone.push(...(await delays(worker, [one])));
  }
  stage.say(`${together.length} breaches in the same instant`);
  await worker.ask({ type: 'spoil', source: burst });
  const atOnce = await delays(worker, together);

  return [
    told('rollouts soaking', others.length + together.length + lone.length),
    within('breach to exposure zero, one by one, p99, ms', percentile(alone, 99), 100),
    told('breach to exposure zero, one by one, median, ms', median(alone)),
    within(
      `breach to exposure zero, ${together.length} in the same instant, p99, ms`,
      percentile(atOnce, 99),
      500,
    ),
    told(`breach to exposure zero, ${together.length} in the same instant, median, ms`, median(atOnce)),
  ];
}

/** Waits until all are at zero; answers how long after the first bad sample of its source each was. */
async function delays(worker: BenchWorker, soakers: readonly Soaker[]): Promise<number[]> {
  return until('exposure to be zero', async () => {
    await sleep(lookEvery);
    const { restored, crossed } = await worker.ask({ type: 'breaches' });
    const delays = soakers.flatMap(({ key, source }) => {
      const [bad, zero] = [crossed[source], restored[idOf(key)]];
      return bad === undefined || zero === undefined ? [] : [zero - bad];
    });
    return delays.length === soakers.length ? delays : undefined;
  });
}

function shorter(a: Duration, b: Duration): Duration {
  return milliseconds(a) < milliseconds(b) ? a : b;
}

/** Puts the few among the many, evenly. */
function mixed<T>(few: readonly T[], many: readonly T[]): T[] {
  const all = few.length + many.length;
  const left = [...many];
  const step = all / few.length;
  const places = new Map(few.map((one, index) => [Math.floor(index * step), one]));
  return Array.from({ length: all }, (_, place) => places.get(place) ?? left.shift()!);
}
