import { proxyActivities } from '@temporalio/workflow';
import { formatDuration } from '../../src/engine/base/duration.js';
import type { Delegating, LocksActivities, LocksRequest } from '../../src/protocol/locks.js';
import { accept, refuse, type Admitted } from './admitted.js';

const { delegatorOf } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Milliseconds: whoever is away for longer gives the rest to somebody else for good. */
const longest = 92 * 86_400_000;

/**
 * Somebody else answers gates for whoever decides. The journal keeps it, with what the door has signed: workers find it
 * there, and look at each gate whom it counts for.
 *
 * @param by whoever decides; nobody can delegate for somebody else
 * @param signed whether a door vouches for it: a name alone could hand on what it does not have
 */
export function delegate(
  { to, gates, since, until }: Delegating,
  by: string,
  signed: boolean,
  now: number,
): Admitted {
  if (!signed) return refuse('no door has signed it: only a shared environment knows delegations');
  if (to === by) return refuse(`${by} would delegate to themselves: name somebody else`);
  if (gates.length === 0) return refuse('it names no gate: name some, or *');
  const from = Math.max(since ?? now, now);
  if (until <= from) return refuse('it is over before it begins: give a later end');
  if (until - now > longest) return refuse('it lasts for more than 92 days: give an earlier end');
  return accept(`${to} answers for ${by} at ${gates.join(', ')}, for ${formatDuration(until - from)}`);
}

/** @param known who decided what had that id, as far as this run knows: the journal may not have it yet */
export async function endDelegation(
  { delegation, by }: Extract<LocksRequest, { type: 'end-delegation' }>,
  known: string | undefined,
): Promise<Admitted> {
  const delegator = known ?? (await delegatorOf({ delegation }));
  if (delegator === null) return refuse(`nothing was delegated by decision ${delegation}`);
  if (delegator !== by) return refuse(`${delegator} delegated that, and not ${by}`);
  return accept('from now on it counts at no gate');
}
