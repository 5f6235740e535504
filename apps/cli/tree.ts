import type { Plan } from '../../src/engine/plan/plan.js';
import type { Reported } from '../client/client.js';
import type { Status } from '../../src/engine/state/status.js';
import type { FailedAttempts } from '../client/client.js';
import { fit, spread, wrap, type Paint } from './paint.js';
import { guardLines } from './tree-guards.js';
import { exposureLine, stepLines } from './tree-steps.js';
import { ago, attemptText, backgroundOf, ticking, until } from './words.js';
import type { TreeOptions } from './tree-options.js';

/** What a tree shows. */
export interface TreeView {
  readonly report: Reported;
  /** Adds the lengths of watches, the limits of guards and who is asked. */
  readonly plan?: Plan | undefined;
  /** What is tried again. */
  readonly attempts?: readonly FailedAttempts[] | undefined;
}

const widest = 100;

/** A rollout as lines of text: the same input gives the same lines. */
export function treeLines(view: TreeView, given: TreeOptions): string[] {
  const { report, plan, attempts = [] } = view;
  const options = { ...given, width: Math.min(given.width, widest) };
  const guards = report.outcome || report.fromOutside ? [] : guardLines(report.readings, plan, options);
  const lines = [
    ...headLines(report, options),
    '',
    exposureLine(report, options),
    '',
    ...stepLines(report, plan, options),
    '',
    ...(guards.length > 0 ? [...guards, ''] : []),
    ...(report.outcome ? outcomeLines(report, options) : waitLines(report, attempts, options)),
  ];
  return lines.map((line) => fit(line, options.width));
}

function headLines(report: Reported, { paint, now, width }: TreeOptions): string[] {
  const starts = report.steps.flatMap(({ startedAt }) => startedAt ?? []);
  const ended = report.outcome || report.fromOutside ? report.why.since : now;
  const time = starts.length > 0 ? `  ${ticking(ended - Math.min(...starts))}` : '';
  const colour = report.fromOutside ? paint.red : colourOf(report.status, paint);
  const status = colour(`● ${report.fromOutside ?? report.status}`);
  const name = ` ${paint.bold(report.runbook)} ${paint.dim('in')} ${report.environment}`;
  return [spread(name, `${status}${paint.dim(time)}`, width), paint.dim(` ${report.rollout}`)];
}

/** What it waits for, since when, who may, and what comes next and when. */
function waitLines(report: Reported, attempts: readonly FailedAttempts[], options: TreeOptions): string[] {
  const { paint, now } = options;
  const { why, stuck, hold, gate, paused } = report;
  const loud = stuck || hold || gate || paused ? paint.yellow : (text: string) => text;
  return [
    ...backgroundOf(report, now).flatMap(([label, text]) =>
      labelled(label, text, options, label === 'paused' ? paint.yellow : paint.magenta),
    ),
    ...labelled('waits for', why.waitingFor, options, loud),
    ...attempts.flatMap((one) => labelled('fails', attemptText(one, now), options, paint.yellow)),
    ...labelled('since', ago(why.since, now), options),
    ...labelled('until', why.clears, options),
    ...(why.who.length > 0 ? labelled('who may', why.who.join(', '), options) : []),
    ...labelled(
      'next',
      why.nextAt === undefined ? why.next : `${why.next}, ${until(why.nextAt, now)}`,
      options,
    ),
    ...(report.pastNoReturn
      ? labelled('note', 'past the point of no return: nothing is taken back any more', options, paint.yellow)
      : []),
  ];
}

function outcomeLines(report: Reported, options: TreeOptions): string[] {
  const { outcome, unwinding, exposure } = report;
  if (!outcome) return [];
  const { paint } = options;
  const verified = unwinding?.verifiedAt;
  return [
    ...labelled(outcome.type, outcome.reason, options, colourOf(outcome.type, paint)),
    ...(unwinding && verified !== undefined
      ? labelled(
          'verified',
          `every target was read again, ${ticking(verified - unwinding.since)} after the turn`,
          options,
        )
      : []),
    ...(outcome.type === 'halted' && exposure > 0
      ? labelled('note', `${exposure} % stay exposed, and nobody watches them`, options, paint.yellow)
      : []),
    ...(outcome.unconfirmed
      ? labelled('note', "the baseline's guards did not confirm it: look at them", options, paint.yellow)
      : []),
  ];
}

const labelWidth = 12;

function labelled(
  label: string,
  text: string,
  { paint, width }: TreeOptions,
  colour: (text: string) => string = (plain) => plain,
): string[] {
  const [first = '', ...more] = wrap(text, width - labelWidth - 2);
  const indent = ' '.repeat(labelWidth + 1);
  return [
    ` ${paint.dim(label.padEnd(labelWidth))}${colour(first)}`,
    ...more.map((line) => `${indent}${colour(line)}`),
  ];
}

function colourOf(status: Status, paint: Paint): (text: string) => string {
  switch (status) {
    case 'completed':
      return paint.green;
    case 'rolled-back':
    case 'retreating':
    case 'unwinding':
      return paint.magenta;
    case 'halting':
    case 'halted':
    case 'refused':
    case 'needs-operator':
      return paint.red;
    case 'waiting':
    case 'holding':
    case 'paused':
      return paint.yellow;
    case 'preflight':
    case 'queued':
    case 'running':
    case 'watching':
      return paint.cyan;
  }
}
