import { stopPid } from './processes.js';
import type { StackState } from './state-file.js';

/** Stops the servers of a stack whose owner died without stopping them. */
export async function stopLeftovers({ temporal, postgres, shop, worker }: StackState): Promise<void> {
  if (worker) await stopPid(worker.pid, 'worker-process');
  if (shop) await stopPid(shop.pid, 'main');
  if (temporal.pid !== undefined) await stopPid(temporal.pid, 'temporal', temporal.address.split(':').at(-1));
  if (postgres) await stopPid(postgres.pid, 'postgres', new URL(postgres.url).port);
}
