import { formatDuration } from '../../src/engine/base/duration.js';
import type { JournalEventType } from '../../src/engine/state/journal.js';
import {
  phases,
  type Approval,
  type ContractStep,
  type Guard,
  type Plan,
} from '../../src/engine/plan/plan.js';
import { preview, type Preview } from '../../src/engine/preview.js';
import { pad, wrap, type Paint } from './paint.js';
import { limitText, metricText, undoText } from './words.js';

const width = 100;

/** A plan for people: its steps by phase, its guards, and when each thing can happen at the earliest. */
export async function planText(plan: Plan, digest: string, paint: Paint): Promise<string> {
  const onPaper = await preview(plan);
  return [
    `${paint.bold(plan.runbook)}  ${paint.dim('owned by')} ${plan.owner}`,
    ...field('why', plan.why, paint),
    ...field('hypothesis', plan.hypothesis, paint),
    ...(plan.objective
      ? field(
          'objective',
          `back within ${formatDuration(plan.objective.restoreWithin)}, as drills show`,
          paint,
        )
      : []),
    ...field('scope', plan.scope.join(', '), paint),
    ...field('digest', digest, paint),
    '',
    ...phases.flatMap((phase) => {
      const steps = plan.phases[phase];
      if (steps.length === 0) return [];
      return [paint.bold(phase), ...steps.flatMap((step) => stepText(step, paint)), ''];
    }),
    ...(plan.guards.length > 0
      ? [paint.bold('guards'), ...plan.guards.flatMap((guard) => guardText(guard, paint)), '']
      : []),
    paint.bold('timeline, at the earliest'),
    ...timeline(onPaper, paint),
    '',
    `earliest end: ${formatDuration(onPaper.earliestEnd)} after the start`,
  ].join('\n');
}

function stepText(step: ContractStep, paint: Paint): string[] {
  const head = `  ${paint.cyan(step.type.padEnd(5))} ${step.id}`;
  const common = [...field('why', step.why, paint), ...field('verify', step.verify, paint)];
  switch (step.type) {
    case 'act':
      return [head, ...common, ...field('undo', undoText(step.undo), paint)];
    case 'watch':
      return [`${head} ${paint.dim('for')} ${formatDuration(step.for)}`, ...common];
    case 'gate': {
      return [head, ...common, ...field('approval', approvalText(step.approval), paint)];
    }
  }
}

function approvalText(approval: Approval): string {
  const { quorum, by, within, onExpiry, fourEyes, strength, remind, escalate } = approval;
  const expiry = onExpiry === 'halt' ? 'halts' : 'rolls back';
  return [
    `${quorum} of ${by.join(', ')} within ${formatDuration(within)}, else it ${expiry}`,
    ...(fourEyes ? ['whoever starts it does not count'] : []),
    ...(strength ? [`proved by ${strength} at least`] : []),
    ...(remind === undefined ? [] : [`told again ${formatDuration(remind)} before`]),
    ...(escalate ? [`${escalate.to} is asked, too, after ${formatDuration(escalate.after)}`] : []),
  ].join('; ');
}

function guardText(guard: Guard, paint: Paint): string[] {
  const { name, metric, evidence, on } = guard;
  const { interval, lookBack, minRequests } = evidence;
  const reactions = Object.entries(on).map(([verdict, reaction]) => `${verdict}: ${reaction}`);
  return [
    `  ${name}  ${metricText(metric)}, ${limitText(guard)}`,
    ...field(
      'evidence',
      `every ${formatDuration(interval)} over ${formatDuration(lookBack)}, at least ${minRequests} requests`,
      paint,
    ),
    ...field('else', reactions.join(', '), paint),
  ];
}

const shown: ReadonlySet<JournalEventType> = new Set([
  'act-started',
  'watch-started',
  'gate-opened',
  'no-return',
  'ended',
]);

function timeline({ timeline: events }: Preview, paint: Paint): string[] {
  return events
    .filter(({ event }) => shown.has(event.type))
    .map(({ at, event }) => {
      const when = pad(`+${at === 0 ? '0s' : formatDuration(at)}`, 9);
      if (event.type === 'ended') return `  ${when} ${event.reason}`;
      const note = event.type === 'no-return' ? paint.yellow('  the point of no return') : '';
      return `  ${when} ${event.step ?? ''}${note}`;
    })
    .filter((line, index, all) => !(all[index + 1]?.startsWith(line) ?? false));
}

function field(name: string, text: string, paint: Paint): string[] {
  const [first = '', ...more] = wrap(text, width - 20);
  return [
    `        ${paint.dim(name.padEnd(11))} ${first}`,
    ...more.map((line) => `${' '.repeat(20)}${line}`),
  ];
}
