import { formatDuration } from '../../../src/engine/base/duration.js';
import type { DrilledPoint, DrillRecord, Spread } from '../../../src/drill/record.js';
import type { Paint } from '../paint.js';
import { table } from '../table.js';
import { moment } from '../words.js';
import { failureWords, many, percent, timesText, verdictOf, type Verdict } from './words.js';

/**
 * A drill's record for people at a terminal: what it proves, its figures, and each point.
 *
 * @param now milliseconds since the epoch: a record that has expired proves nothing any more
 */
export function reportText(record: DrillRecord, now: number, paint: Paint): string {
  const verdict = verdictOf(record, now);
  const { timeToRestore: times, restoreWithin, lastSeenRed } = record;
  const facts: (readonly [string, string])[] = [
    ['verdict', painted(verdict, paint)],
    ['drill', record.drill],
    ['runbook', `${record.runbook}, digest ${record.digest.slice(0, 12)}`],
    ['environment', `${record.environment}, build ${record.build}`],
    ['drilled', `${moment(record.startedAt)}, for ${formatDuration(record.endedAt - record.startedAt)}`],
    ['proves until', moment(record.expiresAt)],
    ['coverage', `${percent(record.coverage)} of ${record.pointsToCover} points`],
    ['past return', `${record.pastReturn} points, which have to halt`],
    ['restore', spreadText(times.verified, restoreWithin)],
    ['  exposure', spreadText(times.exposure)],
    ['  data', spreadText(times.data)],
    ['rows', `${many(record.rowsCompared)} compared, ${many(record.rowsLost)} lost`],
    ['last seen red', lastSeenRed === undefined ? 'never, as far as the records go' : moment(lastSeenRed)],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
    '',
    table(
      ['phase', 'step', 'what happens', 'result', 'ended', 'restored'],
      record.points.map((point) => [
        point.phase,
        point.step,
        failureWords[point.failure],
        point.result,
        `${point.outcome ?? 'it did not'}${point.pastReturn ? ', past return' : ''}`,
        timesText(point),
      ]),
    ),
    ...differencesOf(record.points),
    ...listed('NOT SIMULATED', record.notSimulated),
  ].join('\n');
}

function painted({ is, sentence }: Verdict, paint: Paint): string {
  if (is === 'proven') return paint.green(`proven: ${sentence}`);
  return is === 'red' ? paint.red(`red: ${sentence}`) : paint.yellow(`not all proven: ${sentence}`);
}

function spreadText(spread: Spread | undefined, within?: number): string {
  if (!spread) return 'nothing to restore';
  const goal = within === undefined ? '' : `, objective ${formatDuration(within)}`;
  return `median ${formatDuration(spread.median)}, worst ${formatDuration(spread.worst)}${goal}`;
}

function differencesOf(points: readonly DrilledPoint[]): string[] {
  const lines = points.flatMap(({ step, failure, differences }) =>
    differences.map((difference) => `${step}, when ${failureWords[failure]}: ${difference}`),
  );
  return listed('WHAT DID NOT COME BACK', lines);
}

function listed(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)];
}
