import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds, type Duration } from '../src/engine/base/duration.js';
import { soaking } from './plans.js';
import { startRollout } from './rollouts.js';
import type { BenchWorker, Stage } from './stage.js';

/** A rollout that is to soak: its key, the source that guards it, and how often it is sampled. */
export interface Soaker {
  readonly key: string;
  readonly source: string;
  readonly every: Duration;
}

const lookEvery = 250;
const startsAtOnce = 20;
/** Rollouts that may be on their way at first; later twice as many as came through of late, so that queues stay short. */
const onTheWayAtFirst = 100;
const ofLate = 20_000;
/** The rate is taken where it was highest for so long: the first and the last wait for samples, not for the server. */
const rateOver = 10_000;
/** Nobody comes to soak for so long only when something is broken. */
const patience = 300_000;

/** Starts rollouts until all have exposed somebody; answers the most that came to soak in a second. */
export async function fill(
  { client, say, cached }: Stage,
  worker: BenchWorker,
  soakers: readonly Soaker[],
): Promise<{ readonly perSecond: number }> {
  const before = (await worker.ask({ type: 'exposed' })).flags;
  const counts: Count[] = [];
  let started = 0;
  let exposed = 0;
  // Who does not fit into the worker's memory is replayed at every task.
  let allowed = Math.min(cached, onTheWayAtFirst);
  const starting = Array.from({ length: startsAtOnce }, async () => {
    while (started < soakers.length) {
      const soaker = started - exposed < allowed ? soakers[started] : undefined;
      if (soaker) {
        started += 1;
        await startRollout(client, soaker.key, soaking(soaker.key, soaker.source, soaker.every));
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
      allowed = Math.min(cached, Math.max(onTheWayAtFirst, 2 * cameThrough(counts, ofLate)));
      if (at - told < rateOver) continue;
      told = at;
      say(`${started} started, ${exposed} of ${soakers.length} soak`);
    }
  };
  await Promise.all([...starting, counting()]);
  return { perSecond: highestRate(counts) };
}

/** Intervals until a new subscription is settled: until then the absence of evidence is forgiven. */
const settling = 10;

/** Waits until nobody has anything to do but to soak. */
export async function settle({ say }: Stage, every: Duration): Promise<void> {
  const span = settling * milliseconds(every);
  say(`all soak; waiting for ${span / 1_000} s until they are settled`);
  await sleep(span);
}

interface Count {
  readonly at: number;
  readonly exposed: number;
}

/** How many came to soak in the last `span` milliseconds of the counts. */
function cameThrough(counts: readonly Count[], span: number): number {
  const last = counts.at(-1);
  const from = last && counts.find(({ at }) => last.at - at <= span);
  return last && from ? last.exposed - from.exposed : 0;
}

/** Shorter runs than `rateOver` say nothing about what can be kept up. */
function highestRate(counts: readonly Count[]): number {
  const rates = counts.map((_, index) => cameThrough(counts.slice(0, index + 1), rateOver));
  return (Math.max(0, ...rates) * 1_000) / rateOver;
}
