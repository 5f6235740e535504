import type { Guard, Verdict } from '../engine/plan/plan.js';
import type { Scrape } from './arms.js';
import { span } from './words.js';

/** Why a source could not be read last. */
export interface SourceError {
  readonly message: string;
  /** When it was known, in milliseconds since the epoch. */
  readonly at: number;
  /** The source answered, but not with measurements: its address or its settings are wrong. */
  readonly badAnswer?: boolean;
}

/** Milliseconds by which clocks of two machines differ when both are kept by the same time. */
const clockTolerance = 2_000;

/** The scrapes a guard may look at, oldest first and at least two; or why there is nothing to look at. */
export type Sight =
  | { readonly scrapes: readonly Scrape[]; readonly span: number }
  | {
      readonly verdict: Extract<Verdict, 'error' | 'no-evidence'>;
      readonly reason: string;
      readonly unread?: true;
    };

/**
 * Picks the scrapes of the window from `since` or one look-back ago, whichever is later, to the newest scrape.
 * The scrape just before the look-back counts as its beginning when it is at most one interval older and not before
 * `since`: without it a look-back as long as the interval would never hold two scrapes.
 */
export function look(
  guard: Guard,
  since: number,
  scrapes: readonly Scrape[],
  now: number,
  lastError?: SourceError,
): Sight {
  const early = notBegun(guard, since, now);
  if (early !== undefined) return early;
  const { interval, lookBack, maxAge } = guard.evidence;
  const source = guard.metric.source;
  const ordered = scrapes.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
  const newest = ordered.at(-1);
  const tooOld = `, ${span(maxAge)} are allowed`;
  if (newest === undefined || now - newest.at > maxAge)
    return blind(source, newest, tooOld, now, since, lastError);
  const from = Math.max(since, now - lookBack);
  const eligible = ordered.filter(({ at }) => at >= since);
  const inside = eligible.findIndex(({ at }) => at >= from);
  const before = eligible[inside < 0 ? eligible.length - 1 : inside - 1];
  const begin = before !== undefined && from - before.at <= interval ? eligible.indexOf(before) : inside;
  const window = begin < 0 ? [] : eligible.slice(begin);
  const first = window[0];
  if (first === undefined || window.length < 2) {
    if (lastError !== undefined) return blind(source, newest, '', now, since, lastError);
    const reason = `source ${source} was measured ${first === undefined ? 'not once' : 'only once'} in the last ${span(now - from)}: an increase needs two measurements`;
    return { verdict: 'no-evidence', reason };
  }
  return { scrapes: window, span: newest.at - first.at };
}

function blind(
  source: string,
  newest: Scrape | undefined,
  remark: string,
  now: number,
  since: number,
  lastError?: SourceError,
): Sight {
  const age =
    newest === undefined
      ? 'it has not been measured yet'
      : `its newest measurement is ${span(now - newest.at)} old${remark}`;
  // What it answered before anybody asked may have been mended since: nobody is refused for that.
  if (lastError?.badAnswer === true && lastError.at >= since) {
    const reason = `source ${source} answers, but not with measurements (${age}): ${lastError.message}`;
    return { verdict: 'error', reason, unread: true };
  }
  const why = [lastError?.message, ...hindrances(newest)].filter((text) => text !== undefined);
  // Without an error it was read, and what it said was old.
  const told = lastError === undefined && newest !== undefined ? 'says nothing of now' : 'cannot be read';
  const reason = `source ${source} ${told}, ${age}${why.length > 0 ? `: ${why.join('; ')}` : ''}`;
  return { verdict: 'no-evidence', reason, unread: true };
}

/** What makes the measurements of a source look old: it is slow, not renewed, or dated by a clock that is apart. */
function hindrances({ clockAhead = 0, took, stamped }: Partial<Scrape> = {}): string[] {
  const slow = took === undefined ? [] : [`its last answer took ${span(took)}`];
  if (clockAhead !== 0) {
    const how = `${span(Math.abs(clockAhead))} ${clockAhead > 0 ? 'ahead of' : 'behind'}`;
    return [...slow, `its clock is ${how} this worker's, set both by the same time`];
  }
  if (stamped !== true) return slow;
  return [...slow, "by its own timestamps: it is not renewed, or its clock is behind this worker's"];
}

/** A subscription that begins in the future was dated by a clock that this worker's is behind. */
function notBegun({ metric }: Guard, since: number, now: number): Sight | undefined {
  if (since - now <= clockTolerance) return undefined;
  const clocks = `this worker's clock is ${span(since - now)} behind the Temporal server's`;
  const reason = `nothing that source ${metric.source} says counts yet: ${clocks}, set both by the same time`;
  return { verdict: 'no-evidence', reason };
}
