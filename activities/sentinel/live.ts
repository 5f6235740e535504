import type { GuardReading } from '../../src/engine/ports.js';
import type { RolloutWatch } from './rollout-watch.js';

/** What the activity's heartbeat carries: `describe` of the sentinel's workflow shows it as it is now. */
export interface LiveReadings {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many rollouts are watched; only the newest of them are listed. */
  readonly watched: number;
  readonly rollouts: {
    readonly [rollout: string]: { readonly subscription: number; readonly readings: readonly GuardReading[] };
  };
}

/** A heartbeat is written to the server's database each second: it must stay small. */
const mostListed = 50;

/** The newest readings of the newest subscriptions. */
export function liveReadings(watches: readonly RolloutWatch[], now: number): LiveReadings {
  const newest = [...watches].sort((a, b) => b.subscriber.since - a.subscriber.since).slice(0, mostListed);
  const rollouts = newest.map(({ subscriber, readings }) => [
    subscriber.rollout,
    { subscription: subscriber.number, readings },
  ]);
  return { at: now, watched: watches.length, rollouts: Object.fromEntries(rollouts) };
}
