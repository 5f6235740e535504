import { stepsOf, type ContractStep, type Plan } from '../../src/engine/plan/plan.js';
import { proofText } from '../../src/engine/tell/proof-text.js';
import type { Reported } from '../client/client.js';
import { untilNextGate } from '../client/until-next-gate.js';
import { spread, wrap } from './paint.js';
import { guardLines } from './tree-guards.js';
import type { TreeOptions } from './tree-options.js';
import { exposureText } from './words.js';

/** Hex digits by which people compare two digests. */
const shortDigest = 12;
const labelWidth = 12;

/** What an approval of the open gate would let happen, until the next gate: what somebody should know who says yes. */
export function approvalLines(report: Reported, plan: Plan, options: TreeOptions): string[] {
  const { gate, digest, readings, why } = report;
  if (!gate) return [];
  const { paint, now, width } = options;
  const row = (label: string, text: string) => labelled(label, text, options);
  const asked = stepsOf(plan).find(({ step }) => step.id === gate.step)?.step;
  const needed = asked?.type === 'gate' ? asked.approval.quorum : 1;
  const given = gate.approvals.map(({ by }) => by);
  const next = untilNextGate(plan, gate.step);
  return [
    spread(` ${paint.bold(report.runbook)} in ${report.environment}`, paint.yellow(gate.step), width),
    paint.dim(` ${report.rollout}`),
    '',
    ...(asked ? row('why', asked.why) : []),
    ...row('exposure', `from ${exposureText(report, now)} to ${exposedBy(next)}`),
    ...row('then', next.map(({ id }) => id).join(', ') || 'the end'),
    ...next.flatMap((step) => noReturn(step)).flatMap((text) => row('beware', text)),
    ...row('approvals', `${given.length} of ${needed}${given.length > 0 ? ` (${given.join(', ')})` : ''}`),
    ...(why.drills ? row('drills', proofText(why.drills, now)) : []),
    ...row('plan', digest.slice(0, shortDigest)),
    '',
    ...guardLines(readings, plan, options),
  ];
}

function exposedBy(steps: readonly ContractStep[]): string {
  const percents = steps.flatMap((step) =>
    step.type === 'act' && step.exposure ? step.exposure.percent : [],
  );
  return percents.length === 0 ? 'the same: it is not raised' : percents.map((one) => `${one} %`).join(', ');
}

function noReturn(step: ContractStep): string[] {
  if (step.type !== 'act' || step.undo.type !== 'irreversible') return [];
  return [`${step.id} is the point of no return: ${step.undo.because}`];
}

function labelled(label: string, text: string, { paint, width }: TreeOptions): string[] {
  const [first = '', ...more] = wrap(text, width - labelWidth - 2);
  const indent = ' '.repeat(labelWidth + 1);
  return [` ${paint.dim(label.padEnd(labelWidth))}${first}`, ...more.map((line) => `${indent}${line}`)];
}
