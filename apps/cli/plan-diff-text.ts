import type { Json } from '../../src/engine/base/json.js';
import type { PlanChange } from '../../src/engine/plan/plan-diff.js';
import { cut, type Paint } from './paint.js';

const width = 100;

/** What is another than in a rollout's plan: `+` has come, `-` is gone, `~` has another value. */
export function diffText(rollout: string, changes: readonly PlanChange[], paint: Paint): string {
  if (changes.length === 0) return `the same plan as that of ${rollout}`;
  return [`against ${rollout}:`, ...changes.map((change) => cutTo(lineOf(change), change, paint))].join('\n');
}

function lineOf({ at, before, after }: PlanChange): string {
  if (before === undefined) return `+ ${at}${valueText(after)}`;
  if (after === undefined) return `- ${at}${valueText(before)}`;
  return `~ ${at}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
}

/** A step or guard that only one side has is said by its name: its members are in the JSON. */
function valueText(value: Json | undefined): string {
  return typeof value === 'object' && !Array.isArray(value) ? '' : `: ${JSON.stringify(value)}`;
}

function cutTo(line: string, { before, after }: PlanChange, paint: Paint): string {
  const colour = before === undefined ? paint.green : after === undefined ? paint.red : paint.yellow;
  return colour(cut(line, width));
}
