import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds } from '../src/engine/base/duration.js';
import { fill, settle } from './crowd.js';
import { told, within, type Figure } from './figures.js';
import type { Scale } from './options.js';
import { crowd } from './plans.js';
import { usageOf } from './processes.js';
import { idOf } from './rollouts.js';
import type { BenchWorker, Stage } from './stage.js';
import { percentile } from './statistics.js';
import { until } from './until.js';

/** How many intervals are measured. */
const measured = 6;
/** Histories that are counted, evenly picked. */
const histories = 50;
const day = 86_400_000;

/** Many rollouts that soak at once on one worker: what each costs, and how soon all are watched again after a crash. */
export async function benchSoak(stage: Stage, { rollouts = 5_000, every }: Scale): Promise<Figure[]> {
  const { say } = stage;
  const interval = milliseconds(every);
  const worker = await stage.worker();
  await worker.ask({ type: 'start' });
  const empty = await footprint(worker);

  const keys = Array.from({ length: rollouts }, (_, index) => `crowd-${index}`);
  const { perSecond } = await fill(
    stage,
    worker,
    keys.map((key) => ({ key, source: crowd, every })),
  );
  await settle(stage, every);
  say(`measuring ${rollouts} for ${(measured * interval) / 1_000} s`);
  await worker.ask({ type: 'samples' });
  const before = await look(stage, worker, keys);
  await sleep(measured * interval);
  const after = await look(stage, worker, keys);
  const { gaps } = await worker.ask({ type: 'samples' });
  const full = await footprint(worker);
  const spent = after.at - before.at;
  const cpu = (who: 'server' | 'worker') => ((after[who] - before[who]) / (spent / 1_000)) * 100;
  const lateness = gaps.map((gap) => Math.max(0, gap - interval));

  const other = await stage.worker();
  await other.ask({ type: 'start' });
  await sleep(interval);
  say('killing the worker that watches; another works beside it');
  const killed = performance.now();
  await worker.kill();
  await until(
    'every rollout to be sampled again',
    async () => (await other.ask({ type: 'samples' })).rollouts >= rollouts || undefined,
  );
  const again = (performance.now() - killed) / 1_000;

  return [
    told('rollouts soaking', rollouts),
    told('rollouts brought to their soak at saturation, per second', perSecond),
    within(
      'resident memory of a rollout in the worker, KB',
      perRollout(empty.resident, full.resident, rollouts),
      100,
    ),
    told('heap of a rollout in the worker, KB', perRollout(empty.heap, full.heap, rollouts)),
    within(
      'history events of a rollout in a day of soak',
      ((after.events - before.events) / spent) * day,
      50,
    ),
    within('CPU of the server, % of one', cpu('server'), 5),
    told('CPU of the worker, % of one', cpu('worker')),
    told(`lateness of a verdict at ${every}, p99, ms`, percentile(lateness, 99)),
    within('all sampled again after kill -9, s', again, 3),
  ];
}

async function footprint(worker: BenchWorker) {
  const { used } = await worker.ask({ type: 'heap' });
  return { heap: used, resident: (await usageOf(worker.pid)).resident };
}

function perRollout(before: number, after: number, rollouts: number): number {
  return (after - before) / rollouts / 1_024;
}

/** `serverPid` and worker: seconds of CPU so far; events: of the average rollout. */
async function look({ client, serverPid }: Stage, worker: BenchWorker, keys: readonly string[]) {
  const step = Math.max(1, Math.floor(keys.length / histories));
  const picked = keys.filter((_, index) => index % step === 0);
  const lengths = await Promise.all(
    picked.map(async (key) => (await client.workflow.getHandle(idOf(key)).describe()).historyLength),
  );
  return {
    events: lengths.reduce((sum, length) => sum + length, 0) / picked.length,
    server: (await usageOf(serverPid)).cpu,
    worker: (await usageOf(worker.pid)).cpu,
    at: performance.now(),
  };
}
