import { canonicalJson, type Json, type JsonObject } from '../../src/engine/base/json.js';

/** Which variants are the arms. */
export interface Arms {
  readonly candidate: string;
  readonly baseline: string;
}

/**
 * What flagd buckets by. Flag and key together: another flag splits the same people differently, and a person stays
 * where they are. Requests without a targeting key share one bucket: they move together.
 */
const bucketBy: Json = { cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] };

/**
 * The targeting that gives `percent` of the keys the candidate. The candidate always comes first, so its share of the
 * hash range begins at zero and only grows: everyone in 5 % is in 25 %. flagd takes whole weights only, so the
 * weights of 2.5 % are 25 and 975.
 */
export function exposureTargeting({ candidate, baseline }: Arms, percent: number): JsonObject {
  const [share, rest] = weightsOf(percent);
  return { fractional: [bucketBy, [candidate, share], [baseline, rest]] };
}

/** The whole weights of candidate and baseline for a percentage with at most three decimals. */
export function weightsOf(percent: number): readonly [number, number] {
  const scale = [1, 10, 100, 1_000].find((factor) => isWhole(percent * factor)) ?? 1_000;
  const share = Math.round(percent * scale);
  return [share, 100 * scale - share];
}

/** Whether `weightsOf` can express the percentage exactly. */
export function isExpressible(percent: number): boolean {
  return Number.isFinite(percent) && percent >= 0 && percent <= 100 && isWhole(percent * 1_000);
}

/**
 * The percent that a targeting of ours exposes; undefined when it is anything else, whose share nobody can tell from
 * outside. Absent, `null` and `{}` mean no targeting: call `hasTargeting` first.
 */
export function percentOfTargeting({ candidate, baseline }: Arms, targeting: Json): number | undefined {
  if (!isObject(targeting) || Object.keys(targeting).length !== 1) return undefined;
  const rule = targeting['fractional'];
  if (
    !Array.isArray(rule) ||
    rule.length !== 3 ||
    canonicalJson(rule[0] as Json) !== canonicalJson(bucketBy)
  ) {
    return undefined;
  }
  const share = weightIn(rule[1] as Json, candidate);
  const rest = weightIn(rule[2] as Json, baseline);
  if (share === undefined || rest === undefined || share + rest === 0) return undefined;
  return Math.round((share / (share + rest)) * 100_000) / 1_000;
}

/** flagd ignores a targeting without content. */
export function hasTargeting(targeting: Json | undefined): targeting is Json {
  return (
    targeting !== undefined &&
    targeting !== null &&
    !(isObject(targeting) && Object.keys(targeting).length === 0)
  );
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function weightIn(bucket: Json, variant: string): number | undefined {
  if (!Array.isArray(bucket) || bucket.length !== 2 || bucket[0] !== variant) return undefined;
  const weight = bucket[1] as Json;
  return typeof weight === 'number' && Number.isInteger(weight) && weight >= 0 ? weight : undefined;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}
