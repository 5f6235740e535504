import { setTimeout as sleep } from 'node:timers/promises';
import type { Duration } from '../src/engine/duration.js';
import { soaking } from './plans.js';
import { startRollout } from './rollouts.js';
import type { BenchWorker, Stage } from './stage.js';

/** A rollout that is to soak: its key, and the source that guards it. */
export interface Soaker {
  readonly key: string;
  readonly source: string;
}

const lookEvery = 250;
const startsAtOnce = 20;
/** Rollouts on their way at the same time: enough to keep the server busy while their guards take the first samples. */
const mostOnTheWay = 1_000;
/** The rate is taken where it was highest for so long: the first and the last wait for samples, not for the server. */
const rateOver = 10_000;
/** Nobody comes to soak for so long only when something is broken. */
const patience = 300_000;

/** Starts rollouts until all have exposed somebody; answers the most that came to soak in a second. */
export async function fill(
  { client, say }: Stage,
  worker: BenchWorker,
  soakers: readonly Soaker[],
  every: Duration,
): Promise<{ readonly perSecond: number }> {
  const before = (await worker.ask({ type: 'exposed' })).flags;
  const counts: { readonly at: number; readonly exposed: number }[] = [];
  let started = 0;
  let exposed = 0;
  const starting = Array.from({ length: startsAtOnce }, async () => {
    while (started < soakers.length) {
      const soaker = started - exposed < mostOnTheWay ? soakers[started] : undefined;
      if (soaker) {
        started += 1;
        await startRollout(client, soaker.key, soaking(soaker.key, soaker.source, every));
      } else await sleep(lookEvery);
    }
  });
  const counting = async () => {
    let grewAt = Date.now();
    for (let told = 0; exposed < soakers.length; await sleep(lookEvery)) {
      const count = (await worker.ask({ type: 'exposed' })).flags - before;
      const at = Date.now();
      if (count > exposed) grewAt = at;
      if (at - grewAt > patience) throw new Error(`only ${count} of ${soakers.length} rollouts came to soak`);
      exposed = count;
      counts.push({ at, exposed });
      if (at - told < rateOver) continue;
      told = at;
      say(`${started} started, ${exposed} of ${soakers.length} soak`);
    }
  };
  await Promise.all([...starting, counting()]);
  return { perSecond: highestRate(counts) };
}

function highestRate(counts: readonly { readonly at: number; readonly exposed: number }[]): number {
  const rates = counts.map(({ at, exposed }) => {
    const from = counts.find((earlier) => at - earlier.at <= rateOver) ?? { at, exposed };
    // Shorter runs say nothing about what can be kept up.
    return ((exposed - from.exposed) * 1_000) / Math.max(rateOver, at - from.at);
  });
  return Math.max(0, ...rates);
}
