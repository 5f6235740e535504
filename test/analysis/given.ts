import type { ArmCounters, Bucket, Scrape } from '../../src/analysis/arms.js';
import type { RecordedReading } from '../../src/analysis/judge-window.js';
import type { Criterion, EvidenceRules, Guard, Metric, Verdict } from '../../src/engine/plan/plan.js';
import type { Subscription } from '../../src/engine/state/values.js';

export const errors: Metric = { type: 'error-rate', source: 'shop' };
export const p95: Metric = { type: 'latency', source: 'shop', quantile: 0.95 };
export const absolute = (atMost: number): Criterion => ({ type: 'absolute', atMost });
export const relative = (over: Partial<Extract<Criterion, { type: 'relative' }>> = {}): Criterion => ({
  type: 'relative',
  ratio: 2,
  atLeast: 0,
  at100: 'recorded',
  ...over,
});

export const rules: EvidenceRules = { interval: 5_000, lookBack: 10_000, minRequests: 20, maxAge: 8_000 };

export function guardOf(
  criterion: Criterion,
  metric: Metric = errors,
  evidence: Partial<EvidenceRules> = {},
): Guard {
  return {
    name: metric.type === 'latency' ? 'latency' : 'errors',
    metric,
    criterion,
    evidence: { ...rules, ...evidence },
    on: { fail: 'roll-back', inconclusive: 'hold', error: 'hold', 'no-evidence': 'hold' },
  };
}

export function subscriptionOf(guards: readonly Guard[], over: Partial<Subscription> = {}): Subscription {
  return { rollout: 'r', number: 1, guards, percent: 5, since: 0, recorded: {}, ...over };
}

/** Counters of an arm; `slow` of its requests took up to 1 s, the others up to 0.1 s, `endless` longer than 1 s. */
export function arm(requests: number, failed = 0, slow = 0, endless = 0): ArmCounters {
  const durations: Bucket[] = [
    { le: 0.1, count: requests - slow - endless },
    { le: 1, count: requests - endless },
    { le: Infinity, count: requests },
  ];
  return { requests, failed, durations };
}

export function scrape(at: number, candidate?: ArmCounters, baseline?: ArmCounters): Scrape {
  return {
    at,
    arms: { ...(candidate ? { candidate } : {}), ...(baseline ? { baseline } : {}) },
  };
}

export function reading(at: number, verdict: Verdict, over: Partial<RecordedReading> = {}): RecordedReading {
  return { guard: 'errors', verdict, at, reason: `${verdict} at ${at}`, subscription: 1, ...over };
}
