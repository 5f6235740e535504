import { formatDuration } from '../../engine/duration.js';
import type { Criterion, Guard, Metric, Undo } from '../../engine/plan.js';
import type { StatusReport } from '../../engine/report.js';
import type { FailedAttempts } from '../client.js';
import { describeCause } from '../../engine/stop.js';

/** A length of time that grows while one looks: whole seconds, so that it does not flicker. */
export function ticking(ms: number): string {
  return formatDuration(ms < 1_000 ? 0 : Math.floor(ms / 1_000) * 1_000).replace(/^0ms$/, '0s');
}

/** How long ago a time is, both in milliseconds since the epoch. */
export function ago(at: number, now: number): string {
  return now - at < 1_000 ? 'now' : `${ticking(now - at)} ago`;
}

/** When something comes: how long until then, and the time of day or date of it. */
export function until(at: number, now: number): string {
  const left = at - now;
  if (left <= 0) return 'now';
  const time = new Date(at);
  const day = left < 43_200_000 ? '' : `${time.toISOString().slice(0, 10)} `;
  return `in ${ticking(Math.max(left, 1_000))} (${day}${time.toISOString().slice(11, 19)} UTC)`;
}

/** Why a rollout stands where it stands, whatever it waits for now: labels with their text. */
export function backgroundOf(report: StatusReport, now: number): (readonly [string, string])[] {
  const { paused, retreating, unwinding, takesBack } = report;
  const rows: (readonly [string, string])[] = [];
  if (takesBack) {
    const { kind, rollout, by, reason } = takesBack;
    rows.push(['takes back', `${rollout} (${kind}, ${by}: ${reason})`]);
  }
  if (unwinding) rows.push(['because', describeCause(unwinding.cause)]);
  if (retreating) rows.push(['because', `${retreating.by} takes exposure to zero: ${retreating.reason}`]);
  // A rollout that is paused and nothing else says so as what it waits for.
  if (paused && report.status !== 'paused') {
    rows.push(['paused', `by ${paused.by}, ${ago(paused.since, now)}: ${paused.reason}`]);
  }
  return rows;
}

/** What is tried again and why it failed the last time: it may go on so for as long as the act's deadline. */
export function attemptText({ activity, failed, error, nextAt }: FailedAttempts, now: number): string {
  if (failed === 0) return `${activity} goes on trying: ${error}`;
  const times = failed === 1 ? 'once' : `${failed} times`;
  return `${activity} failed ${times}: ${error}; again ${nextAt === undefined ? 'now' : until(nextAt, now)}`;
}

/** A time in UTC, to the second. */
export function moment(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

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

/** What a guard measures. */
export function metricText(metric: Metric): string {
  if (metric.type === 'error-rate') return `error rate of ${metric.source}`;
  return `p${Number((metric.quantile * 100).toPrecision(6))} of request duration of ${metric.source}`;
}

/** How an act is taken back, for people. */
export function undoText(undo: Undo): string {
  switch (undo.type) {
    case 'restore':
      return 'put back what was captured';
    case 'act':
      return undo.do.kind;
    case 'nothing':
      return `nothing, ${undo.because}`;
    case 'irreversible':
      return `none, the point of no return: ${undo.because}`;
  }
}
