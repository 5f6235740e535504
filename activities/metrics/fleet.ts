import type { Arm, ArmCounters, Bucket, Scrape } from '../../src/analysis/arms.js';
import { increase } from '../../src/analysis/sample.js';
import type { Snapshot } from './snapshots.js';

const arms = ['baseline', 'candidate'] as const;

/** A process counts among the living as long as its newest snapshot is at most this many intervals behind the fleet's. */
const living = 1.5;
/** A process that was silent for longer than this, in milliseconds, is met anew when it comes back. */
const remembered = 3_600_000;

/**
 * Several processes, counted as if they were one that never restarts: what each counted from one snapshot to the next
 * is added up, so that the restart of one sets nothing off against what the others counted. A process that is met for
 * the first time adds nothing yet: what it counted before may be older than every window.
 */
export class Fleet {
  readonly #processes = new Map<string, Snapshot>();
  /** What was counted since the last scrape. */
  readonly #steps: Record<Arm, ArmCounters[]> = { baseline: [], candidate: [] };
  readonly #totals: { [A in Arm]?: ArmCounters } = {};
  #newest = 0;
  readonly #interval: number;

  /** @param interval milliseconds from one snapshot of a process to the next */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Takes the next snapshot; one that is not newer than its process's last changes nothing. */
  take(snapshot: Snapshot): void {
    const before = this.#processes.get(snapshot.process);
    if (before !== undefined && snapshot.at <= before.at) return;
    for (const arm of arms) {
      const step = before && increase(arm, before, snapshot);
      if (step !== undefined) this.#steps[arm].push(step);
    }
    this.#processes.set(snapshot.process, snapshot);
    this.#newest = Math.max(this.#newest, snapshot.at);
  }

  /**
   * What all processes counted since the fleet began, up to the moment when the last of the living was heard; undefined
   * before the first snapshot. An arm that no living process has is absent. When an arm comes
   * back, or its processes have other buckets than before, its counters begin at zero, as those of a restarted process.
   */
  scrape(): Scrape | undefined {
    for (const [process, { at }] of this.#processes) {
      if (this.#newest - at > remembered) this.#processes.delete(process);
    }
    const now = [...this.#processes.values()].filter(
      ({ at }) => this.#newest - at <= living * this.#interval,
    );
    if (now.length === 0) return undefined;
    for (const arm of arms)
      this.#count(
        arm,
        now.flatMap(({ arms }) => arms[arm] ?? []),
      );
    return { at: Math.min(...now.map(({ at }) => at)), arms: { ...this.#totals } };
  }

  #count(arm: Arm, now: readonly ArmCounters[]): void {
    const steps = this.#steps[arm].splice(0);
    if (now.length + steps.length === 0) {
      delete this.#totals[arm];
      return;
    }
    const counted = sumOf([...now.map(zeroed), ...steps]);
    const before = this.#totals[arm];
    const goesOn = before && (before.durations.length === 0 || sameBounds(before, counted));
    this.#totals[arm] = goesOn ? sumOf([before, counted]) : counted;
  }
}

/** Adds up counters. Buckets are cumulative, so of different ones the bounds that all have can be added exactly. */
function sumOf(counters: readonly ArmCounters[]): ArmCounters {
  const [first, ...others] = counters.map(({ durations }) => durations).filter(({ length }) => length > 0);
  const common = (first ?? []).filter(({ le }) =>
    others.every((buckets) => countOf(buckets, le) !== undefined),
  );
  const total = (value: (of: ArmCounters) => number) => counters.reduce((sum, of) => sum + value(of), 0);
  return {
    requests: total(({ requests }) => requests),
    failed: total(({ failed }) => failed),
    durations: common.map(({ le }) => ({ le, count: total(({ durations }) => countOf(durations, le) ?? 0) })),
    sum: total(({ sum }) => sum ?? 0),
  };
}

function countOf(buckets: readonly Bucket[], bound: number): number | undefined {
  return buckets.find(({ le }) => le === bound)?.count;
}

function zeroed({ durations }: ArmCounters): ArmCounters {
  return { requests: 0, failed: 0, durations: durations.map(({ le }) => ({ le, count: 0 })), sum: 0 };
}

function sameBounds(a: ArmCounters, b: ArmCounters): boolean {
  return (
    a.durations.length === b.durations.length && a.durations.every(({ le }, i) => le === b.durations[i]?.le)
  );
}
