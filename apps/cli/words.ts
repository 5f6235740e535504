import { formatDuration } from '../../src/engine/base/duration.js';
import type { Guard, Metric, Undo } from '../../src/engine/plan/plan.js';
import type { GuardReading } from '../../src/engine/state/values.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import { isForeign } from '../../src/engine/state/look.js';
import type { FailedAttempts } from '../client/client.js';
import { describeCause } from '../../src/engine/state/interruptions.js';

export { limitText, valueText } from '../client/guard-text.js';

/** A length of time that grows while one looks: whole seconds, so that it does not flicker. */
export function ticking(ms: number): string {
  return formatDuration(ms < 1_000 ? 0 : Math.floor(ms / 1_000) * 1_000).replace(/^0ms$/, '0s');
}

/** How long ago a time is, both in milliseconds since the epoch. */
export function ago(at: number, now: number): string {
  return now - at < 1_000 ? 'now' : `${ticking(now - at)} ago`;
}

/** Whether a reading is older than it would be if somebody watched: it says how things were. */
export function isOld({ at }: GuardReading, guard: Guard | undefined, now: number): boolean {
  return guard !== undefined && now - at > guard.evidence.interval + guard.evidence.maxAge;
}

/** When something comes: how long until then, and the time of day or date of it. */
export function until(at: number, now: number): string {
  const left = at - now;
  if (left <= 0) return 'now';
  const time = new Date(at);
  const day = left < 43_200_000 ? '' : `${time.toISOString().slice(0, 10)} `;
  return `in ${ticking(Math.max(left, 1_000))} (${day}${time.toISOString().slice(11, 19)} UTC)`;
}

/** How much of the users has the candidate, and when that was read: what nobody has read is told as that. */
export function exposureText(report: StatusReport, now: number): string {
  const { exposure, exposureReadAt, looks, outcome, unwinding, retreating } = report;
  if (exposureReadAt !== undefined) {
    const when = outcome ? `at ${moment(exposureReadAt).slice(11)}` : ago(exposureReadAt, now);
    return `${exposure} %, read ${when}`;
  }
  const unread = looks?.find(({ percent }) => percent === undefined);
  if (unread)
    return `not known: ${unread.target} ${unread.verdict === 'unread' ? 'cannot be read' : 'has other rules'}`;
  if (exposure > 0) return `up to ${exposure} %, not read yet`;
  const putBack = (unwinding ?? retreating)?.exposureRestoredAt !== undefined;
  return putBack ? 'not read again yet' : 'nobody, by this rollout';
}

/** Why a rollout stands where it stands, whatever it waits for now: labels with their text. */
export function backgroundOf(report: StatusReport, now: number): (readonly [string, string])[] {
  const { paused, retreating, unwinding, reverts } = report;
  const rows: (readonly [string, string])[] = [];
  if (reverts) {
    const { kind, rollout, by, reason } = reverts;
    rows.push(['takes back', `${rollout} (${kind}, ${by}: ${reason})`]);
  }
  for (const look of report.looks ?? []) {
    if (isForeign(look))
      rows.push(['drift', `${look.target} was ${look.verdict} by somebody else: ${look.reason}`]);
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
export function attemptText(
  { activity, failed, error, nextAt, unpause }: FailedAttempts,
  now: number,
): string {
  if (unpause !== undefined) return `${activity} is ${error}: no try begins until "${unpause}"`;
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
