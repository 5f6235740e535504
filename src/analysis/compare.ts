import type { Criterion, Verdict } from '../engine/plan/plan.js';
import type { Quantile } from './quantile.js';

type Relative = Extract<Criterion, { type: 'relative' }>;
type Compared = Extract<Verdict, 'pass' | 'fail' | 'inconclusive'>;

/**
 * A value against an absolute limit. A value beyond the buckets is known from below only: it can break a limit but
 * never keep one.
 */
export function compareAbsolute(atMost: number, { value, beyond }: Quantile): Compared {
  if (Number.isNaN(value)) return 'inconclusive';
  if (value > atMost) return 'fail';
  return beyond ? 'inconclusive' : 'pass';
}

/**
 * A candidate's value against the baseline's. Of values beyond the buckets only the lower bound is known: a breach by
 * that bound of the candidate is a breach, and a limit kept by that bound of the baseline is kept.
 */
export function compareRelative(criterion: Relative, candidate: Quantile, baseline: Quantile): Compared {
  if (Number.isNaN(candidate.value) || Number.isNaN(baseline.value)) return 'inconclusive';
  const breached = breaches(criterion, candidate.value, baseline.value);
  const certain = breached ? !baseline.beyond : !candidate.beyond;
  if (!certain) return 'inconclusive';
  return breached ? 'fail' : 'pass';
}

/** Relative error of the arithmetic: 0.06 - 0.01 is not below 0.05, and 1.1 * 10 is not below 11. */
const rounding = 1e-12;

function breaches({ ratio, atLeast }: Relative, candidate: number, baseline: number): boolean {
  return (
    candidate > ratio * baseline * (1 + rounding) && candidate - baseline >= atLeast - rounding * candidate
  );
}
