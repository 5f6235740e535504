import type { Guard } from '../engine/plan/plan.js';
import type { Scrape } from './arms.js';
import type { Subscription } from '../engine/state/values.js';

type Reader = Pick<Subscription, 'percent' | 'since' | 'recorded'>;

/**
 * Everything of a subscription but its beginning that a reading of a guard depends on: readings of one guard for
 * subscriptions with the same perspective differ only while one of them is young.
 */
export function perspectiveOf({ name, criterion }: Guard, { percent, recorded }: Reader): string {
  if (percent <= 0) return 'baseline';
  if (percent < 100) return 'candidate';
  const compared = criterion.type === 'relative' && criterion.at100 === 'recorded';
  return compared ? `everyone/${recorded[name] ?? 'nothing'}` : 'everyone';
}

/** Whether no reading of a guard from now on looks back to the beginning of the subscription. */
export function isSettled({ evidence }: Guard, { since }: Reader, now: number): boolean {
  return since <= now - evidence.lookBack - evidence.interval;
}

/**
 * The beginning that a young subscription shares with others: they see the same scrapes, oldest first. Before there
 * are two to see, what is said about them names the beginning itself, and nothing is shared.
 */
export function beginningOf(guard: Guard, reader: Reader, scrapes: readonly Scrape[], now: number): number {
  if (isSettled(guard, reader, now)) return Number.NEGATIVE_INFINITY;
  const first = scrapes.findIndex(({ at }) => at >= reader.since);
  return first < 0 || first > scrapes.length - 2 ? reader.since : (scrapes[first] as Scrape).at;
}
