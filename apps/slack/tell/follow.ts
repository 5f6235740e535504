import { setTimeout as sleep } from 'node:timers/promises';
import type { Followed, SlackStore } from '../../../activities/slack/store.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import { tellRollout } from './tell-rollout.js';
import { lookAt, type Looking } from './look-at.js';

/** What a process that follows rollouts works with. */
export interface Following extends Looking {
  readonly store: SlackStore;
  readonly log: (line: string) => void;
}

/** Milliseconds. */
const pause = 500;
/** What took a rollout has so long for it; then another process may. */
const lease = 30_000;
const atOnce = 10;
/** A rollout that cannot be read now is looked at again after this. */
const afterFault = 10_000;
/** What ended longer ago than this before it was first looked at is no news. */
const newsFor = 600_000;

/** Looks at whatever has moved, until `signal` fires. Nothing of a rollout waits for it. */
export async function follow(
  following: Following,
  signal: AbortSignal,
  woken: () => Promise<void>,
): Promise<void> {
  let broken = '';
  while (!signal.aborted) {
    try {
      const found = await following.store.follow(atOnce, lease);
      await Promise.all(found.map((one) => look(following, one)));
      broken = '';
      if (found.length > 0) continue;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== broken) following.log(`the records cannot be read, so nothing new is told: ${why}`);
      broken = why;
    }
    await Promise.race([sleep(pause, undefined, { signal }).catch(() => undefined), woken()]);
  }
}

async function look(following: Following, followed: Followed): Promise<void> {
  const { store, log } = following;
  try {
    const told = await lookAt(following, followed.rollout);
    const { outcome } = told.report;
    const endedAt = outcome && told.events.at(-1)?.at;
    const isOldNews = followed.told === 0 && endedAt !== undefined && Date.now() - endedAt > newsFor;
    const last = told.events.at(-1)?.number ?? 0;
    if (!isOldNews) await tellRollout(following, told, followed.told);
    await store.looked(followed, last, outcome ? undefined : againAfter(told));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log(`${followed.rollout} cannot be told: ${why}`);
    // Temporal keeps no rollout for ever, and what it has forgotten does not come back.
    const again = isRefusal(error) ? undefined : afterFault;
    await store.looked(followed, followed.told, again).catch(() => undefined);
  }
}

/** Its journal tells when it moves. What is measured meanwhile is shown more often to those who have to decide. */
function againAfter({ report }: Awaited<ReturnType<typeof lookAt>>): number {
  if (report.gate) return 15_000;
  return report.exposure > 0 ? 30_000 : 60_000;
}
