import { Refusal } from '../../src/engine/base/errors.js';
import type { ArmMetrics } from './sum-by-arm.js';

const patterns = {
  'a metric': /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  'a label': /^[a-zA-Z_][a-zA-Z0-9_]*$/,
};

/**
 * The selector in PromQL of the series that count requests: those of some metrics, of both arms, with all the labels
 * that a sample must have. Throws `Refusal` for a name that PromQL does not have; values may be any text.
 */
export function selectorOf({ arm, where = {}, failed }: ArmMetrics, metrics: readonly string[]): string {
  for (const name of metrics) refuseName(name, 'a metric');
  for (const name of [arm.label, ...Object.keys(where), ...Object.keys(failed)]) refuseName(name, 'a label');
  const matchers = [
    `__name__=~${quoted(metrics.join('|'))}`,
    `${arm.label}=~${quoted([arm.baseline, arm.candidate].map(literally).join('|'))}`,
    ...Object.entries(where).map(([label, value]) => `${label}=${quoted(value)}`),
  ];
  return `{${matchers.join(',')}}`;
}

/** A string as PromQL writes it: with the escapes of Go, of which those of JSON are a part. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A text as a regular expression that matches it alone. */
function literally(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** Throws `Refusal` for a name that PromQL does not have. */
export function refuseName(name: string, what: keyof typeof patterns): void {
  if (patterns[what].test(name)) return;
  throw new Refusal(`metrics source: "${name}"`, `is not the name of ${what}`, 'correct the configuration');
}
