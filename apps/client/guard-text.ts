import type { Criterion, Guard, Metric } from '../../src/engine/plan/plan.js';

/** A metric's value in the unit people think in. */
export function valueText(metric: Metric | undefined, value: number): string {
  if (metric?.type === 'error-rate') return `${significant(value * 100)} %`;
  if (metric?.type !== 'latency') return String(Math.round(value * 10_000) / 10_000);
  return value < 10 ? `${significant(value * 1_000)} ms` : `${significant(value)} s`;
}

/** A guard's limit; `baseline` is what a relative one compares with, where it is known. */
export function limitText({ metric, criterion }: Guard, baseline?: number): string {
  if (criterion.type === 'absolute') return `at most ${valueText(metric, criterion.atMost)}`;
  const against = baseline === undefined ? 'the baseline' : valueText(metric, baseline);
  return `at most ${percentText(criterion)} over ${against}`;
}

function percentText({ ratio }: Extract<Criterion, { type: 'relative' }>): string {
  return `${significant((ratio - 1) * 100)} %`;
}

function significant(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
}
