import { digestOf } from '../engine/base/digest.js';
import type { Json } from '../engine/base/json.js';
import type { OutcomeType } from '../engine/state/values.js';
import type { Ground } from './ground.js';
import type { FailurePoint } from './points.js';

export const drillRecordFormat = 1;

/** Milliseconds for which a drill proves something, when its way back does not change. */
export const proves = 30 * 86_400_000;

/** How long one rollout took to come back, in milliseconds from the moment it began to take things back. */
export interface TimeToRestore {
  /** Until nobody was given the candidate any more. Absent where nobody had it. */
  readonly exposure?: number;
  /** Until the last undo of schema and data had ended. Absent where there was none. */
  readonly data?: number;
  /** Until every target had been read again and was as before. */
  readonly verified: number;
}

/** The middle and the worst of several times, in milliseconds. */
export interface Spread {
  readonly median: number;
  readonly worst: number;
}

/** What became of one failure point. */
export interface DrilledPoint extends FailurePoint {
  /** What kind of step it is at. */
  readonly kind: 'act' | 'watch' | 'gate';
  /** `passed`: it ended as it had to, and nothing differs from before. */
  readonly result: 'passed' | 'failed';
  /** How its rollout ended. Absent where it did not. */
  readonly outcome?: OutcomeType;
  /** What is not as it has to be, a sentence each: empty where it passed. */
  readonly differences: readonly string[];
  /** Absent where nothing is taken back. */
  readonly restored?: TimeToRestore;
  /** Rows that were read before and afterwards and held against each other. */
  readonly rowsCompared: number;
  /** Acknowledged writes that are not there afterwards. */
  readonly rowsLost: number;
}

/** What a drill found: kept with the other records of the environment whose gates believe it. */
export interface DrillRecord {
  readonly format: typeof drillRecordFormat;
  /** The drill's own id. */
  readonly drill: string;
  readonly runbook: string;
  /** Of the whole plan. */
  readonly digest: string;
  /** Of what a drill proves: when it changes, the drill is stale. */
  readonly reversibleDigest: string;
  /** Of the workers under drill. */
  readonly build: string;
  /** What it stood on: when that changes, the drill is stale. Absent from a record that does not say it. */
  readonly ground?: Ground;
  /** The drill environment. */
  readonly environment: string;
  /** Who started or scheduled it. */
  readonly startedBy: string;
  /** What a door vouches for: that they wanted this very drill. A compact JWS. */
  readonly signed?: string;
  /** Unix ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** After it the record proves nothing any more. Unix ms. */
  readonly expiresAt: number;
  /** By what windows, deadlines and minimum samples of the plan were multiplied, above 0 and at most 1. */
  readonly timeScale: number;
  /** Every point that was drilled, in the order of the plan. */
  readonly points: readonly DrilledPoint[];
  /** How many points the plan has before the point of no return, drilled or not. */
  readonly pointsToCover: number;
  /** Those of them that passed, divided by all of them, 0 to 1. */
  readonly coverage: number;
  /** Each absent where no point has it. */
  readonly timeToRestore: {
    readonly exposure?: Spread;
    readonly data?: Spread;
    readonly verified?: Spread;
  };
  /** The runbook's objective for the time to restore, in milliseconds. Absent where it states none. */
  readonly restoreWithin?: number;
  readonly rowsCompared: number;
  readonly rowsLost: number;
  /** Points past the point of no return, all of which have to halt. */
  readonly pastReturn: number;
  /** What the drill could not or did not do, a sentence each. */
  readonly notSimulated: readonly string[];
  /** When this runbook's drill was last seen to fail on a way back that had been spoilt on purpose. Unix ms. */
  readonly lastSeenRed?: number;
  /** SHA-256 of everything else in it. */
  readonly hash: string;
}

/** A record with the hash of its content. */
export function sealed(record: Omit<DrillRecord, 'hash'>): DrillRecord {
  return { ...record, hash: hashOf(record) };
}

/** Whether a record is as it was sealed: one that somebody edited proves nothing. */
export function isSealed({ hash, ...record }: DrillRecord): boolean {
  return hash === hashOf(record);
}

/** The points of a record that are proven: they passed, and there is a way back from them. */
export function provenOf({ points }: Pick<DrillRecord, 'points'>): readonly DrilledPoint[] {
  return points.filter(({ result, pastReturn }) => result === 'passed' && !pastReturn);
}

/**
 * The times to restore of several points together. The median of an even number of times is the lower of the two in the
 * middle: a time that was measured.
 */
export function timesOf(points: readonly DrilledPoint[]): DrillRecord['timeToRestore'] {
  const of = (part: keyof TimeToRestore) =>
    spreadOf(points.flatMap(({ restored }) => restored?.[part] ?? []));
  const spreads = { exposure: of('exposure'), data: of('data'), verified: of('verified') };
  return Object.fromEntries(Object.entries(spreads).filter(([, spread]) => spread !== undefined));
}

function spreadOf(times: readonly number[]): Spread | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  const worst = sorted.at(-1);
  return median === undefined || worst === undefined ? undefined : { median, worst };
}

function hashOf(record: Omit<DrillRecord, 'hash'>): string {
  // As JSON has it: a member that is undefined is none.
  return digestOf(JSON.parse(JSON.stringify(record)) as Json);
}
