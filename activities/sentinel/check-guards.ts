import { setTimeout as sleep } from 'node:timers/promises';
import { readGuard } from '../../src/analysis/read-guard.js';
import type { Guard } from '../../src/engine/plan/plan.js';
import type { Subscription } from '../../src/engine/state/values.js';
import type { CheckFinding } from '../../src/protocol/check.js';
import type { MetricsSource } from '../metrics/ports.js';
import { MeasuredSource } from './measured-source.js';

/** Milliseconds: a source that only counts is asked twice, and whoever asked waits for it. */
const longestWait = 15_000;
const verdicts = {
  pass: 'ok',
  fail: 'fail',
  error: 'fail',
  inconclusive: 'warn',
  'no-evidence': 'warn',
} as const;

/**
 * Reads every guard as a rollout's preflight would, nobody being exposed: from sources of its own, so that the
 * sentinel's evidence stays the sentinel's.
 */
export async function checkGuards(
  guards: readonly Guard[],
  sourceOf: (name: string) => MetricsSource,
  signal: AbortSignal,
): Promise<CheckFinding[]> {
  const names = [...new Set(guards.map(({ metric }) => metric.source))];
  const sources = new Map(names.map((name) => [name, new MeasuredSource(sourceOf(name))]));
  const since = Date.now();
  for (const [round, wait] of [0, waitFor(guards)].entries()) {
    if (round > 0) await sleep(wait, undefined, { signal });
    await Promise.all(
      [...sources].map(([name, source]) => {
        const own = guards.filter(({ metric }) => metric.source === name);
        const lookBack = Math.max(...own.map(({ evidence }) => evidence.lookBack));
        const interval = Math.min(...own.map(({ evidence }) => evidence.interval));
        return source.measure(signal, lookBack, interval);
      }),
    );
  }
  return guards.flatMap((guard) => findingsOf(guard, sources.get(guard.metric.source)!, since));
}

function waitFor(guards: readonly Guard[]): number {
  const longest = Math.max(0, ...guards.map(({ evidence }) => evidence.interval));
  return Math.min(longest, longestWait);
}

function findingsOf(guard: Guard, source: MeasuredSource, at: number): CheckFinding[] {
  const { name, evidence } = guard;
  // What was measured before counts as well: nobody was exposed.
  const asked: Subscription = {
    rollout: 'check',
    number: 1,
    guards: [guard],
    percent: 0,
    since: at - evidence.lookBack,
    recorded: {},
  };
  const reading = readGuard(guard, asked, source.scrapes, Date.now(), source.lastError);
  const { verdict, reason, blindSpots = [] } = reading;
  return [
    { verdict: verdicts[verdict], about: name, found: `${verdict}: ${reason}` },
    ...blindSpots.map((found): CheckFinding => ({ verdict: 'warn', about: name, found })),
  ];
}
