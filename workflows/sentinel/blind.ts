import { defineSignal, getExternalWorkflowHandle, isCancellation, log } from '@temporalio/workflow';
import type { Roster } from '../../src/environment/sentinel/roster.js';
import { sentinelNames, type BlindSignal, type SentinelInput } from '../../src/protocol/sentinel.js';
import type { Subscriber } from '../../src/protocol/subscriptions.js';
import { dueWithin } from '../sdk/alarm.js';
import { isGone } from '../sdk/gone.js';

const blind = defineSignal<[BlindSignal]>(sentinelNames.blind);

/** The server allows 2,000 signals to other workflows in flight; between batches the history may be found full. */
const signalsAtOnce = 100;

/** Milliseconds between two tries. */
const firstPause = 500;
const longestPause = 16_000;

type Told = Pick<Subscriber, 'rollout' | 'workflowId' | 'number'>;

/**
 * Tells every subscriber that it is not watched, one batch at least. When the history fills up meanwhile it answers
 * what is left for the next run.
 *
 * @param refused hears of whom the server refused to tell: his run takes no more signals
 */
export async function tellBlind(
  roster: Roster,
  { reason, after }: NonNullable<SentinelInput['blind']>,
  full: () => boolean,
  refused: (subscriber: Told, reason: string) => void,
): Promise<SentinelInput['blind']> {
  const { watched } = roster;
  // Whoever came last may have left since: then all hear it, which does no harm.
  for (let next = watched.findIndex(({ rollout }) => rollout === after) + 1; next < watched.length;) {
    const batch = watched.slice(next, next + signalsAtOnce).filter(({ orphan }) => orphan === undefined);
    const tell = async (subscriber: Told) => {
      if (!(await sayBlind(subscriber, reason))) refused(subscriber, reason);
    };
    await Promise.all(batch.map(tell));
    next += signalsAtOnce;
    const last = watched[next - 1]?.rollout;
    if (full() && last !== undefined) return { reason, after: last };
  }
  return undefined;
}

/**
 * Tells one subscriber, again until a run takes it: one that takes no more signals goes on in a new one soon. Answers
 * whether it was told; not when it is over before.
 */
export async function sayBlindUntilTaken(
  subscriber: Told,
  reason: string,
  over: () => boolean,
): Promise<boolean> {
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    if (await sayBlind(subscriber, reason)) return true;
    await dueWithin(pause, over);
    if (over()) return false;
  }
}

/**
 * Tells one subscriber; false when his run takes no more signals. One whose workflow has ended stays subscribed: how it
 * ended is found out by who watches, for what was terminated must not be forgotten.
 */
async function sayBlind({ workflowId, number }: Told, reason: string): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(blind, { subscription: number, reason });
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (!isGone(error)) return false;
    log.info('a subscriber is gone', { workflowId });
    return true;
  }
}
