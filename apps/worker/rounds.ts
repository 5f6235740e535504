import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { healthOf } from '../../activities/temporal/health.js';
import { standingOf } from '../../activities/temporal/standing.js';
import { locksId } from '../../src/protocol/locks.js';
import type { Notice } from '../../src/engine/state/values.js';

const lookEvery = 10_000;
/** Someone who was called and did not come is called again. */
const callAgainAfter = 1_800_000;

const means = 'no rollout can start, none that has ended gives its targets back, and no stop takes effect';

/** What a worker's rounds work with. */
export interface Rounds {
  readonly client: Client;
  readonly environment: string;
  /** Tells people by itself: a workflow that is broken tells nobody. */
  notify(notice: Notice): Promise<unknown>;
  /** Fires when the worker ends. */
  readonly signal: AbortSignal;
  /** Milliseconds; 10 s when absent. */
  readonly every?: number;
}

/**
 * Looks again and again whether the environment's locks go on, and calls someone when they are broken or paused. Every
 * worker does: several notices are better than none. The sentinel is the lookout's.
 */
export async function walkRounds({
  client,
  environment,
  notify,
  signal,
  every = lookEvery,
}: Rounds): Promise<void> {
  const locks = locksId(environment);
  let called = Number.NEGATIVE_INFINITY;
  for (; !signal.aborted; await sleep(every, undefined, { signal }).catch(() => undefined)) {
    // A server that does not answer now is looked at again.
    const health = await healthOf(client, locks).catch(() => undefined);
    if (health === undefined) continue;
    const standing = standingOf(locks, { name: 'locks', environment }, health);
    if (standing === undefined) called = Number.NEGATIVE_INFINITY;
    else if (performance.now() - called > callAgainAfter) {
      const text = `${standing.is}: ${means}. ${standing.fix}`;
      const told = await notify({ rollout: locks, urgency: 'incident', text }).then(
        () => true,
        () => false,
      );
      if (told) called = performance.now();
    }
  }
}
