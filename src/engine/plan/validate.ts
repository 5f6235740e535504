import { planShape } from './plan-shape.js';
import { stepsOf, type Plan } from './plan.js';
import { evidence } from './rules/evidence.js';
import { exposure } from './rules/exposure.js';
import { irreversible } from './rules/irreversible.js';
import { naming } from './rules/naming.js';
import { people } from './rules/people.js';
import type { Rule } from './rules/rule.js';
import { withinScope } from './rules/within-scope.js';

const rules: readonly Rule[] = [
  ...naming,
  ...evidence,
  ...withinScope,
  ...irreversible,
  ...exposure,
  ...people,
];

/** Answers the plan when it keeps every rule; throws `Refusal` naming step, rule and fix when it does not. */
export function validate(value: unknown): Plan {
  planShape(value, '');
  const plan = value as Plan;
  const steps = stepsOf(plan);
  for (const rule of rules) rule(plan, steps);
  return plan;
}
