import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBenchWorker } from './bench-worker.js';
import type { Answers, Request } from './messages.js';
import { Samples } from './samples.js';
import { World } from './world.js';

const [address, records, cached, journal] = process.argv.slice(2);
if (!address || !records || !cached)
  throw new Error('usage: bench-worker-process ADDRESS RECORDS CACHED [journal]');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const world = new World();
const samples = new Samples();
const kept = { address, records, cached: Number(cached), journal: journal === 'journal' };
const worker = await createBenchWorker({ ...kept, world, samples });
let ended: Promise<void> | undefined;

const answers: { [R in keyof Answers]: (request: Request) => Answers[R] } = {
  start: () => {
    ended ??= worker.run();
    return { type: 'started' };
  },
  applies: () => ({ type: 'applied', applied: Object.fromEntries(world.applied) }),
  breaches: () => ({
    type: 'breached',
    restored: Object.fromEntries(world.restored),
    crossed: Object.fromEntries(world.crossed),
  }),
  exposed: () => ({ type: 'counted', flags: world.exposed }),
  samples: () => ({ type: 'sampled', rollouts: samples.rollouts, gaps: samples.takeGaps() }),
  heap: () => {
    collectGarbage();
    return { type: 'heaped', used: process.memoryUsage().heapUsed };
  },
  spoil: (request) => {
    if (request.type === 'spoil') world.spoil(request.source);
    return { type: 'spoilt' };
  },
};

async function stop(): Promise<void> {
  if (ended) {
    worker.shutdown();
    await ended;
  }
  process.exit(0);
}

process.on('message', (request: Request) => void process.send?.(answers[request.type](request)));
process.once('SIGTERM', () => void stop());
// Without the benchmark that started it nobody would ever stop it.
process.once('disconnect', () => void stop());
process.send?.({ type: 'ready' });
