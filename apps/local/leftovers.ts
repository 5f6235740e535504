import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removePostgres } from './postgres-place.js';
import { stopPid } from './processes.js';
import type { StackState } from '../config/state-file.js';

/** Stops the servers of a stack whose owner died without stopping them, and removes its data. */
export async function stopLeftovers({ temporal, postgres, shop, worker, config }: StackState): Promise<void> {
  if (worker) await stopPid(worker.pid, 'worker-process');
  if (shop) await stopPid(shop.pid, 'main');
  if (temporal.pid !== undefined) {
    await stopPid(temporal.pid, 'temporal', temporal.address.split(':').at(-1));
  }
  if (postgres) await stopPid(postgres.pid, 'postgres', new URL(postgres.url).port);
  if (config === undefined) return;
  const dir = dirname(config);
  await removePostgres(join(dir, 'postgres'));
  await rm(dir, { recursive: true, force: true });
}
