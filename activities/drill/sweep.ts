import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isDrilledRollout } from '../../src/protocol/drill.js';
import { locksId } from '../../src/protocol/locks.js';
import { runningRollouts } from '../temporal/running.js';

const lookEvery = 200;
/** Milliseconds until the server has heard of its own endings. */
const heardWithin = 15_000;
const reason = 'a drill that was killed had started it, and what it worked on is made anew';

/**
 * Ends what a killed drill left running: its rollouts, and with them the locks, which would keep what these held. The locks
 * begin anew when the next rollout asks.
 */
export async function sweepRollouts(client: Client, environment: string): Promise<void> {
  const end = (workflowId: string) =>
    client.workflow
      .getHandle(workflowId)
      .terminate(reason)
      .catch(() => undefined);
  const leftOver = async () => (await runningRollouts(client, environment)).filter(isDrilledRollout);
  const left = await leftOver();
  if (left.length === 0) return;
  await Promise.all(left.map(end));
  for (const until = performance.now() + heardWithin; performance.now() < until; await sleep(lookEvery)) {
    if ((await leftOver()).length === 0) break;
  }
  await end(locksId(environment));
}
