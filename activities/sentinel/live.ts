import type { JsonObject } from '../../src/engine/base/json.js';
import type { Look } from '../../src/engine/state/look.js';
import type { RolloutWatch } from './rollout-watch.js';
import type { GuardReading } from '../../src/engine/state/values.js';

/** What the activity's heartbeat carries: `describe` of the sentinel's workflow shows it as it is now. */
export interface LiveReadings {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many rollouts are watched; only the newest of them are listed. */
  readonly watched: number;
  readonly rollouts: {
    readonly [rollout: string]: {
      readonly subscription: number;
      /** Absent from a worker of an older build. */
      readonly percent?: number;
      readonly readings: readonly GuardReading[];
      /** Absent from a worker of an older build. */
      readonly looks?: readonly Look[];
    };
  };
}

/** A heartbeat is written to the server's database each second: it must stay small. */
const mostListed = 20;

/** The newest readings of the newest subscriptions; `watches` come in order, the newest last. */
export function liveReadings(watches: readonly RolloutWatch[], now: number): LiveReadings & JsonObject {
  const rollouts = watches
    .slice(-mostListed)
    .map(({ subscriber, readings, looks }) => [
      subscriber.rollout,
      { subscription: subscriber.number, percent: subscriber.percent, readings, looks },
    ]);
  const live: LiveReadings = { at: now, watched: watches.length, rollouts: Object.fromEntries(rollouts) };
  // Made of plain values throughout, which no interface can say.
  return live as LiveReadings & JsonObject;
}
