import { formatDuration } from '../engine/base/duration.js';

/** A schedule of drills, and what came of it. Times in milliseconds since the epoch. */
export interface ScheduledDrills {
  readonly schedule: string;
  readonly environment: string;
  readonly runbook: string;
  readonly paused: boolean;
  /** Why it is paused. */
  readonly note?: string;
  /** Milliseconds between two drills. */
  readonly interval: number;
  readonly createdAt: number;
  /** When the newest drill of the runbook came to its end, passed or not; absent where none has. */
  readonly drilledAt?: number;
  /** Why nobody can tell when that was: a record that was edited. */
  readonly unreadable?: string;
}

/** What is wrong with drills that should come by themselves, and in words, with what to do. */
export interface Silence {
  readonly is: 'paused' | 'overdue' | 'unreadable';
  readonly text: string;
}

/** Intervals after which a drill is overdue: one that takes long, or was skipped while one ran, is not missed at once. */
const overdueAfter = 1.5;

/**
 * Why nothing is heard of drills that should come by themselves, with what to do; undefined while all is well. It goes by
 * what drills have found, and not by what was started: a drill without a worker starts, and never ends.
 */
export function silenceOf(scheduled: ScheduledDrills, at: number): Silence | undefined {
  const { schedule, environment, runbook, paused, note, interval, createdAt, drilledAt, unreadable } =
    scheduled;
  if (paused) {
    const why = note ? ` (${note})` : '';
    const text = `${runbook} is not drilled in ${environment} any more: ${schedule} is paused${why}. Resume it: switchback drill schedule resume ${schedule}`;
    return { is: 'paused', text };
  }
  if (unreadable !== undefined) {
    const text = `nobody can tell when ${runbook} was last drilled in ${environment}: ${unreadable}`;
    return { is: 'unreadable', text };
  }
  const since = Math.max(createdAt, drilledAt ?? 0);
  if (at - since <= overdueAfter * interval) return undefined;
  const last = drilledAt === undefined ? 'it never was' : `it was ${formatDuration(at - drilledAt)} ago`;
  const text =
    `a drill of ${runbook} in ${environment} is overdue: it comes every ${formatDuration(interval)}, and ${last}. ` +
    `Look at its worker, and at: switchback drill schedule list`;
  return { is: 'overdue', text };
}
