import type { Criterion, Guard, Metric, Verdict } from '../engine/plan/plan.js';
import type { Arm, ArmCounters, Scrape } from './arms.js';
import { blindSpotsOf } from './blind-spots.js';
import { compareAbsolute, compareRelative } from './compare.js';
import { histogramQuantile, type Quantile } from './quantile.js';
import { increaseOver } from './sample.js';
import { look, type SourceError } from './sight.js';
import { amount, measured, requests, span } from './words.js';
import type { GuardReading, Subscription } from '../engine/state/values.js';

type Relative = Extract<Criterion, { type: 'relative' }>;
interface Measurement extends Quantile {
  readonly arm: Arm;
  readonly requests: number;
}

/**
 * One reading of a guard from a source's scrapes at the moment `now`. At 0 % the baseline arm is judged, above it the
 * candidate; a relative guard compares with the baseline arm of the same window, and at 100 % by its `at100`, where
 * `recorded` answers the recorded value as `baseline`. Too little to look at is `no-evidence`, a source that answers
 * nonsense is `error`, a number that cannot be told is `inconclusive`.
 */
export function readGuard(
  guard: Guard,
  subscription: Subscription,
  scrapes: readonly Scrape[],
  now: number,
  lastError?: SourceError,
): GuardReading {
  const { metric, criterion } = guard;
  const blindSpots = blindSpotsOf(guard, scrapes.at(-1));
  const say = (verdict: Verdict, reason: string, value?: number, baseline?: number): GuardReading => ({
    guard: guard.name,
    verdict,
    at: now,
    reason,
    ...(Number.isFinite(value) ? { value: value as number } : {}),
    ...(Number.isFinite(baseline) ? { baseline: baseline as number } : {}),
    ...(blindSpots.length > 0 ? { blindSpots } : {}),
  });
  const everyone = subscription.percent >= 100;
  if (everyone && criterion.type === 'relative' && criterion.at100 === 'off') {
    return say('pass', 'off at 100 %: the plan compares with nothing once no baseline is left');
  }

  const sight = look(guard, subscription.since, scrapes, now, lastError);
  if ('verdict' in sight) {
    return { ...say(sight.verdict, sight.reason), ...(sight.unread && { unread: sight.unread }) };
  }
  const measure = (arm: Arm) => measurement(arm, metric, increaseOver(arm, sight.scrapes));
  const unsound = (['baseline', 'candidate'] as const).find((arm) =>
    sight.scrapes.some((scrape) => !isSound(scrape.arms[arm])),
  );
  if (unsound !== undefined) return say('no-evidence', `what was counted of the ${unsound} are no counts`);
  const lacking = ({ arm, requests: count }: Measurement): string | undefined => {
    const { minRequests, maxAge } = guard.evidence;
    if (!(count >= minRequests)) {
      const counted = `${requests(count, arm)} in ${span(sight.span)}, ${minRequests} are needed`;
      return [counted, ...blindSpots].join('; ');
    }
    // Where each arm has processes of its own, one arm can go silent while the other is still measured.
    const silent = now - (sight.scrapes.findLast(({ arms }) => arms[arm] !== undefined)?.at ?? 0);
    return silent > maxAge
      ? `the ${arm} was measured last ${span(silent)} ago, ${span(maxAge)} are allowed`
      : undefined;
  };

  const baseline = measure('baseline');
  const judged = subscription.percent <= 0 ? baseline : measure('candidate');
  const lack = lacking(judged);
  if (lack !== undefined) return say('no-evidence', lack);
  const arm = judged === baseline ? 'baseline' : '';
  const facts = `${measured(metric, judged)} of ${requests(judged.requests, arm)} in ${span(sight.span)}`;
  const noBaseline = lacking(baseline);
  const seenBaseline = noBaseline === undefined ? baseline.value : undefined;

  if (criterion.type === 'absolute') {
    const verdict = compareAbsolute(criterion.atMost, judged);
    const reason = `${facts}, limit ${amount(metric, criterion.atMost)}${doubt(verdict, judged)}`;
    return say(verdict, reason, judged.value, seenBaseline);
  }
  if (judged === baseline) {
    const verdict = Number.isNaN(baseline.value) ? 'inconclusive' : 'pass';
    return say(
      verdict,
      `${facts}, at 0 % there is nothing to compare it with`,
      baseline.value,
      baseline.value,
    );
  }
  if (everyone && criterion.at100 === 'recorded') {
    const value = subscription.recorded[guard.name];
    if (value === undefined) {
      return say('no-evidence', `${facts}, but no baseline was recorded to compare it with`, judged.value);
    }
    const recorded = { value, beyond: false };
    const verdict = compareRelative(criterion, judged, recorded);
    const reason = `${facts}, recorded baseline ${amount(metric, value)}${limitOf(metric, criterion, recorded)}`;
    return say(verdict, `${reason}${doubt(verdict, judged, recorded)}`, judged.value, value);
  }
  if (noBaseline !== undefined) return say('no-evidence', noBaseline);
  const verdict = compareRelative(criterion, judged, baseline);
  const compared = `${facts}, ${measured(metric, baseline)} of ${requests(baseline.requests, 'baseline')}`;
  const reason = `${compared}${limitOf(metric, criterion, baseline)}${doubt(verdict, judged, baseline)}`;
  return say(verdict, reason, judged.value, baseline.value);
}

/** A source checks its own numbers; here nothing passes if one does not. */
function isSound(counted: ArmCounters | undefined): boolean {
  if (counted === undefined) return true;
  const { requests, failed, durations } = counted;
  return [requests, failed, ...durations.map(({ count }) => count)].every(
    (count) => Number.isFinite(count) && count >= 0,
  );
}

function measurement(arm: Arm, metric: Metric, counted: ArmCounters): Measurement {
  const quantile =
    metric.type === 'error-rate'
      ? { value: counted.failed / counted.requests, beyond: false }
      : histogramQuantile(metric.quantile, counted.durations);
  return { arm, requests: counted.requests, ...quantile };
}

function limitOf(metric: Metric, { ratio, atLeast }: Relative, { value }: Quantile): string {
  const limit = `limit ${amount(metric, ratio * value)} (${Number(ratio.toPrecision(4))} x baseline)`;
  return `, ${limit}${atLeast > 0 ? `, differences below ${amount(metric, atLeast)} do not count` : ''}`;
}

/** Why a number could not be judged. */
function doubt(verdict: Verdict, ...values: readonly Quantile[]): string {
  if (verdict !== 'inconclusive') return '';
  return values.some(({ beyond }) => beyond)
    ? ': whether it is kept cannot be told, the histogram needs higher buckets'
    : ': that is not a number to judge by, as of a histogram without observations';
}
