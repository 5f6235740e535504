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
const mostListed = 20;

/** The newest readings of the newest subscriptions; `watches` come in order, the newest last. */
export function liveReadings(watches: readonly RolloutWatch[], now: number): LiveReadings {
  const rollouts = watches
    .slice(-mostListed)
    .map(({ subscriber, readings }) => [subscriber.rollout, { subscription: subscriber.number, readings }]);
  return { at: now, watched: watches.length, rollouts: Object.fromEntries(rollouts) };
}
