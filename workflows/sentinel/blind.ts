import { defineSignal, getExternalWorkflowHandle, isCancellation, log } from '@temporalio/workflow';
import type { Roster } from '../../src/analysis/roster.js';
import {
  sentinelNames,
  type BlindSignal,
  type SentinelInput,
  type Subscriber,
} from '../../src/analysis/sentinel.js';

const blind = defineSignal<[BlindSignal]>(sentinelNames.blind);

/** The server allows 2,000 signals to other workflows in flight; between batches the history may be found full. */
const signalsAtOnce = 100;

/**
 * Tells every subscriber that it is not watched, one batch at least. When the history fills up meanwhile it answers
 * what is left for the next run.
 */
export async function tellBlind(
  roster: Roster,
  { reason, after }: NonNullable<SentinelInput['blind']>,
  full: () => boolean,
): Promise<SentinelInput['blind']> {
  const { watched } = roster;
  // Whoever came last may have left since: then all hear it, which does no harm.
  for (let next = watched.findIndex(({ rollout }) => rollout === after) + 1; next < watched.length;) {
    const batch = watched.slice(next, next + signalsAtOnce).filter(({ orphan }) => orphan === undefined);
    await Promise.all(batch.map((subscriber) => sayBlind(subscriber, reason)));
    next += signalsAtOnce;
    const last = watched[next - 1]?.rollout;
    if (full() && last !== undefined) return { reason, after: last };
  }
  return undefined;
}

/**
 * Tells one subscriber. One whose workflow has ended stays subscribed: how it ended is found out by who watches, for
 * what was terminated must not be forgotten.
 */
export async function sayBlind(
  { workflowId, number }: Pick<Subscriber, 'workflowId' | 'number'>,
  reason: string,
): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(blind, { subscription: number, reason });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('a subscriber is gone', { workflowId });
  }
}
