import { historyLength } from '../sdk/turns.js';
import type { TurnedAway } from '../../src/engine/decide/decision-queue.js';

let turnedAway: TurnedAway = { count: 0, by: [] };

/** Signals of a run after which the next is to go on: the longer its history, the longer a lost cache takes to replay. */
const floodedFrom = 1_000;
let signals = 0;

/** So many signals came, of whatever kind. */
export function countSignals(came: number): void {
  signals += came;
}

/** Whether so many signals came to this run that it is a flood. */
export function isFlooded(): boolean {
  return signals >= floodedFrom;
}

/**
 * Events of a history after which only what somebody waits for is judged: the server takes 10,000 signals of a run, each
 * of which may cost four, and ends one of 51,200 events for good.
 */
const scarceFrom = 10_000;

/** Whether the history has room only for decisions that somebody waits for. */
export function isScarce(): boolean {
  return historyLength() >= scarceFrom;
}

/** So many are named. */
const mostNamed = 5;

/** A decision comes in the name of somebody, and too many came with it: nobody reads it. */
export function turnAwayAtTheDoor(by: string): void {
  const isNamed = turnedAway.by.includes(by) || turnedAway.by.length >= mostNamed;
  turnedAway = { count: turnedAway.count + 1, by: isNamed ? turnedAway.by : [...turnedAway.by, by] };
}

/** Who was turned away, which counts as told from now on. */
export function takeTurnedAwayAtTheDoor(): TurnedAway {
  const taken = turnedAway;
  turnedAway = { count: 0, by: [] };
  return taken;
}
