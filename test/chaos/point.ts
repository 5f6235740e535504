import type { WriteEvent } from '../../activities/files/write-events.js';

/** A moment of an activity at which something can be killed. */
export type Moment =
  /** Before its effect. */
  | 'before'
  /** Half-way: the activity has just said how far it is. */
  | 'between'
  /** In the middle of a write of a file. */
  | 'within'
  /** After its effect, before its result is reported. */
  | 'after';

/** A call of an activity that every run of the same scenario makes. */
export interface Call {
  readonly activity: string;
  /** What it is about: the step, the subscription, the event that is exported. */
  readonly about: string;
  /** Which of the calls that are alike, from 1. */
  readonly nth: number;
}

/** A place in a rollout that every run of the same scenario comes by. */
export interface Point extends Call {
  readonly moment: Moment;
  /** Which of the call's places of this kind, from 1; 0 at its ends. */
  readonly place: number;
  /** How far the write is, at a place in the middle of one. */
  readonly write?: WriteEvent;
}

/** The point as people read it, and as points are told apart. */
export function nameOf({ activity, about, nth, moment, place, write }: Point): string {
  const call = [activity, about, nth > 1 ? `#${nth}` : ''].filter(Boolean).join(' ');
  const where = [place > 0 ? place : '', write].filter(Boolean).join(', ');
  return `${moment} ${call}${where && ` (${where})`}`;
}

export function isSame(a: Point, b: Point): boolean {
  return nameOf(a) === nameOf(b);
}

/** So many of a list, spread evenly over it and always the same ones for a seed; all when there are no more. */
export function spread<T>(all: readonly T[], count: number, seed: number): T[] {
  if (count >= all.length) return [...all];
  const stride = all.length / count;
  // The seed moves the comb, so that many seeds together see every point.
  const offset = Math.floor((((seed * 0.618_033_988_75) % 1) + 1) * stride) % Math.max(1, Math.floor(stride));
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * stride) + offset]).filter(
    (one): one is T => one !== undefined,
  );
}
