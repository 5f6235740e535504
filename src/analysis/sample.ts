import { noRequests, type Arm, type ArmCounters, type Bucket, type Scrape } from './arms.js';

/**
 * What an arm counted between two scrapes. As in Prometheus's `increase()`, a counter that went down has restarted
 * from zero; and as all counters of an arm live in the same process, one that restarted means that all did, or the
 * failures of a restarted process would be set off against those of the one before. Nothing is extrapolated. An arm
 * that was absent before had counted nothing. Undefined when the arm is absent from the later scrape.
 */
export function increase(arm: Arm, earlier: Scrape, later: Scrape): ArmCounters | undefined {
  const now = later.arms[arm];
  const before = earlier.arms[arm];
  if (now === undefined || before === undefined || restarted(before, now)) return now;
  const counted = {
    requests: now.requests - before.requests,
    failed: now.failed - before.failed,
    durations: combine(now.durations, before.durations, (a, b) => a - b),
  };
  return now.sum === undefined || before.sum === undefined
    ? counted
    : { ...counted, sum: now.sum - before.sum };
}

/** What an arm counted over consecutive scrapes, oldest first; restarts in between lose nothing that was scraped. */
export function increaseOver(arm: Arm, scrapes: readonly Scrape[]): ArmCounters {
  let total = noRequests;
  for (const [index, later] of scrapes.entries()) {
    const earlier = scrapes[index - 1];
    const step = earlier === undefined ? undefined : increase(arm, earlier, later);
    if (step !== undefined) total = add(total, step);
  }
  return total;
}

function restarted(before: ArmCounters, now: ArmCounters): boolean {
  return (
    now.requests < before.requests ||
    now.failed < before.failed ||
    (sameBounds(now.durations, before.durations)
      ? now.durations.some((bucket, index) => bucket.count < (before.durations[index]?.count ?? 0))
      : before.durations.length > 0)
  );
}

function add(total: ArmCounters, step: ArmCounters): ArmCounters {
  const sum = total === noRequests ? step.sum : plus(total.sum, step.sum);
  return {
    requests: total.requests + step.requests,
    failed: total.failed + step.failed,
    durations: combine(step.durations, total.durations, (a, b) => a + b),
    ...(sum === undefined ? {} : { sum }),
  };
}

/** Buckets of different bounds cannot be combined: those of the newer process stand alone. */
function combine(
  newer: readonly Bucket[],
  older: readonly Bucket[],
  by: (newer: number, older: number) => number,
): readonly Bucket[] {
  if (newer.length === 0) return older;
  if (!sameBounds(newer, older)) return newer;
  return newer.map(({ le, count }, index) => ({ le, count: by(count, older[index]?.count ?? 0) }));
}

function sameBounds(a: readonly Bucket[], b: readonly Bucket[]): boolean {
  return a.length === b.length && a.every((bucket, index) => bucket.le === b[index]?.le);
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
