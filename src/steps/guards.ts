import {
  milliseconds,
  type At100,
  type Criterion,
  type Duration,
  type Guard,
  type Reaction,
  type Verdict,
} from '../engine/index.js';

export interface GuardOptions {
  /** Unique in the plan; a name from the metric when absent. */
  readonly name?: string;
  /** The metrics source's name in the configuration. */
  readonly source: string;
  readonly every?: Duration;
  readonly lookBack?: Duration;
  readonly minRequests?: number;
  readonly maxAge?: Duration;
  readonly on?: { readonly [V in Exclude<Verdict, 'pass'>]?: Reaction };
}

/**
 * Failed requests divided by all requests must stay at or below `atMost` (0 to 1).
 *
 * @example
 * errorRate({ source: 'shop', atMost: 0.01, every: '15s' });
 */
export function errorRate(options: GuardOptions & { atMost: number }): Guard {
  return guard(
    'errors',
    options,
    { type: 'error-rate', source: options.source },
    { type: 'absolute', atMost: options.atMost },
  );
}

/** A limit in milliseconds or seconds (`'800ms'`), or relative to the baseline (`'+50%'`). */
export type LatencyLimit = Duration | `+${number}%`;

/** What only a relative limit needs to say. */
export interface RelativeOptions {
  /** What it compares with once everyone has the candidate. */
  readonly at100: At100;
  /** Differences below this are never a breach: 50 % of 2 ms is noise. */
  readonly atLeast?: Duration;
}

/**
 * The `p`th percentile of request duration must keep the limit.
 *
 * @example
 * latency({ source: 'shop', p: 95, atMost: '+50%', at100: 'recorded', atLeast: '20ms' });
 */
export function latency(options: GuardOptions & { p: number; atMost: Duration }): Guard;
export function latency(
  options: GuardOptions & RelativeOptions & { p: number; atMost: `+${number}%` },
): Guard;
export function latency(
  options: GuardOptions & Partial<RelativeOptions> & { p: number; atMost: LatencyLimit },
): Guard {
  const { p, atMost, source } = options;
  return guard(
    `latency-p${p}`,
    options,
    { type: 'latency', source, quantile: p / 100 },
    criterionOf(atMost, options),
  );
}

function criterionOf(
  atMost: LatencyLimit,
  { at100 = 'recorded', atLeast }: Partial<RelativeOptions>,
): Criterion {
  const relative = /^\+(\d+(?:\.\d+)?)%$/.exec(atMost);
  if (!relative) return { type: 'absolute', atMost: milliseconds(atMost as Duration) / 1_000 };
  return {
    type: 'relative',
    ratio: 1 + Number(relative[1]) / 100,
    atLeast: atLeast ? milliseconds(atLeast) / 1_000 : 0,
    at100,
  };
}

function guard(name: string, options: GuardOptions, metric: Guard['metric'], criterion: Criterion): Guard {
  const interval = milliseconds(options.every ?? '10s');
  return {
    name: options.name ?? name,
    metric,
    criterion,
    evidence: {
      interval,
      lookBack: options.lookBack ? milliseconds(options.lookBack) : 6 * interval,
      minRequests: options.minRequests ?? 50,
      maxAge: options.maxAge ? milliseconds(options.maxAge) : 3 * interval,
    },
    on: { fail: 'roll-back', inconclusive: 'hold', error: 'hold', 'no-evidence': 'hold', ...options.on },
  };
}
