import { setTimeout as sleep } from 'node:timers/promises';
import { fill, type Soaker } from './crowd.js';
import { told, within, type Figure } from './figures.js';
import type { Scale } from './options.js';
import { burst, crowd, loneSources } from './plans.js';
import { idOf } from './rollouts.js';
import type { BenchWorker, Stage } from './stage.js';
import { median, percentile } from './statistics.js';
import { until } from './until.js';

/** Between two breaches that are to be alone. */
const apart = 500;

/** From the sample that crosses the limit to exposure zero, one by one and many in the same instant, amid a crowd. */
export async function benchBreach(stage: Stage, { rollouts = 5_000, every }: Scale): Promise<Figure[]> {
  const worker = await stage.worker();
  await worker.ask({ type: 'start' });
  const few = Math.min(rollouts, loneSources.length);
  const lone: Soaker[] = loneSources.slice(0, few).map((source) => ({ key: source, source }));
  const together: Soaker[] = lone.map((_, index) => ({ key: `burst-${index}`, source: burst }));
  const others: Soaker[] = Array.from({ length: rollouts - few }, (_, index) => ({
    key: `crowd-${index}`,
    source: crowd,
  }));
  await fill(stage, worker, [...others, ...together, ...lone], every);

  stage.say(`${lone.length} breaches, one by one`);
  for (const { source } of lone) {
    await worker.ask({ type: 'spoil', source });
    await sleep(apart);
  }
  const alone = await delays(worker, lone);
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
    await sleep(apart);
    const { restored, crossed } = await worker.ask({ type: 'breaches' });
    const delays = soakers.flatMap(({ key, source }) => {
      const [bad, zero] = [crossed[source], restored[idOf(key)]];
      return bad === undefined || zero === undefined ? [] : [zero - bad];
    });
    return delays.length === soakers.length ? delays : undefined;
  });
}
