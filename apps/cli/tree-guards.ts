import type { Guard, Plan, Verdict } from '../../src/engine/plan/plan.js';
import { cut, pad, spread, type Paint } from './paint.js';
import { ago, isOld, limitText, valueText } from './words.js';
import type { GuardReading } from '../../src/engine/state/values.js';
import type { TreeOptions } from './tree-options.js';

/** The guards with their newest values and verdicts; the reason of each that does not pass, and what each cannot see. */
export function guardLines(
  readings: readonly GuardReading[],
  plan: Plan | undefined,
  options: TreeOptions,
): string[] {
  const names = plan ? plan.guards.map(({ name }) => name) : readings.map(({ guard }) => guard);
  if (names.length === 0) return [];
  const widest = Math.max(...names.map((name) => name.length));
  const rows = names.flatMap((name) => {
    const reading = readings.find(({ guard }) => guard === name);
    const guard = plan?.guards.find((candidate) => candidate.name === name);
    return guardRow(pad(cut(name, 30), Math.min(widest, 30)), guard, reading, options);
  });
  return [` ${options.paint.bold('guards')}`, ...rows];
}

function guardRow(
  name: string,
  guard: Guard | undefined,
  reading: GuardReading | undefined,
  { paint, now, width }: TreeOptions,
): string[] {
  const limit = guard ? limitText(guard, reading?.baseline) : '';
  if (!reading) return [`   ${paint.dim(`· ${name}  ${pad('–', 9)} ${limit}`)}`];
  const value = reading.value === undefined ? '–' : valueText(guard?.metric, reading.value);
  const old = isOld(reading, guard, now);
  const mark = old ? paint.yellow('?') : markOf(reading.verdict, paint);
  const left = `   ${mark} ${name}  ${pad(value, 9)} ${paint.dim(pad(limit, 32))}`;
  const verdict = old
    ? paint.yellow(`was ${reading.verdict}`)
    : colourOf(reading.verdict, paint)(reading.verdict);
  const age = ago(reading.at, now);
  const row = spread(`${left} ${verdict}`, old ? paint.yellow(age) : paint.dim(age), width);
  const below = (text: string) => `     ${cut(text, width - 5)}`;
  return [
    row,
    ...(reading.verdict === 'pass' ? [] : [paint.dim(below(reading.reason))]),
    ...(reading.blindSpots ?? []).map((text) => paint.yellow(below(`! ${text}`))),
  ];
}

function markOf(verdict: Verdict, paint: Paint): string {
  const marks = { pass: '✔', fail: '✖', inconclusive: '~', error: '!', 'no-evidence': '?' };
  return colourOf(verdict, paint)(marks[verdict]);
}

function colourOf(verdict: Verdict, paint: Paint): (text: string) => string {
  if (verdict === 'pass') return paint.green;
  return verdict === 'fail' ? paint.red : paint.yellow;
}
