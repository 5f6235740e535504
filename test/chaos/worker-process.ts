import { readFile } from 'node:fs/promises';
import { runWorker } from '../../apps/worker/worker.js';
import { planted } from './planted.js';
import type { Order, WorkerUnderTest } from './protocol.js';
import { Striker } from './striker.js';

const given = JSON.parse(process.argv[2] ?? '') as WorkerUnderTest;
const striker = new Striker(given.strike);
process.on('message', (order: Order) => void striker.obey(order).then((report) => process.send?.(report)));
// Without its supervisor nobody would ever stop it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

if (given.standby) {
  process.send?.({ type: 'ready' });
  await striker.begun;
}
const { environment, config, address, bundle } = given;
await runWorker({
  environment,
  config,
  address,
  // Bundled once for all workers of a run: each death costs seconds less.
  workflows: { code: await readFile(bundle, 'utf8'), sourceMap: '' },
  interceptors: {
    activity: [striker.interceptors, ...(given.planted ? [planted(config, environment)] : [])],
  },
});
process.exit(0);
