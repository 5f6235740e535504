import type { Client } from '@temporalio/client';
import { sentinelId, sentinelNames, type WatchedAmong } from '../../src/protocol/sentinel.js';
import { pulseOf } from './pulse.js';

const answerWithin = 3_000;

const nobody: WatchedAmong = { living: [], orphans: [] };

/**
 * Which of these rollouts the environment's sentinel watches. None when it does not run, or does not say: then whoever
 * asks looks, and calls, himself. Two calls are better than none.
 */
export async function watchedAmong(
  client: Client,
  environment: string,
  rollouts: readonly string[],
): Promise<WatchedAmong> {
  const handle = client.workflow.getHandle(sentinelId(environment));
  try {
    return await client.withDeadline(Date.now() + answerWithin, async () => {
      // One that has ended would answer all the same, and watches nobody.
      const { sentinel } = await pulseOf(client, environment);
      if (sentinel !== 'running') return nobody;
      return handle.query<WatchedAmong, [readonly string[]]>(sentinelNames.among, rollouts);
    });
  } catch {
    return nobody;
  }
}
