import type { Guard } from '../engine/plan/plan.js';
import type { Scrape } from './arms.js';
import { amount } from './words.js';

/**
 * Why a guard could never fail, as far as a source's newest answer tells: what it looks for has never been there, or its
 * limit lies where the histogram has no bucket left. Neither is wrong for sure, and neither shows in a verdict.
 */
export function blindSpotsOf(guard: Guard, newest: Scrape | undefined): string[] {
  const missing = (newest?.missing ?? [])
    .filter(({ concerns }) => concerns.includes(guard.metric.type))
    .map(({ text }) => text);
  const limit = limitOutOfSight(guard, newest);
  return [...new Set([...missing, ...(limit === undefined ? [] : [limit])])];
}

/** What is beyond the highest bucket is known from below only: no latency can be seen to break a limit up there. */
function limitOutOfSight({ metric, criterion }: Guard, newest: Scrape | undefined): string | undefined {
  if (metric.type !== 'latency' || criterion.type !== 'absolute') return undefined;
  const bounds = Object.values(newest?.arms ?? {})
    .flatMap(({ durations }) => durations.map(({ le }) => le))
    .filter((le) => Number.isFinite(le));
  const highest = Math.max(...bounds);
  if (bounds.length === 0 || criterion.atMost < highest) return undefined;
  const limit = amount(metric, criterion.atMost);
  return `it can never see its limit of ${limit} broken: the highest bucket ends at ${amount(metric, highest)}`;
}
