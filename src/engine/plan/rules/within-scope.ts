import type { Target } from '../plan.js';
import { refuse, type Rule } from './rule.js';

const insideScope: Rule = ({ scope }, steps) => {
  for (const placed of steps) {
    const { step } = placed;
    if (step.type === 'act' && !scope.some((target) => covers(target, step.target)))
      refuse(placed, `touches ${step.target}, which is outside scope`, 'add it to scope');
  }
};

/** A target in scope covers itself and its children: `table:shop` covers `table:shop.customer`. */
function covers(scope: Target, target: Target): boolean {
  return target === scope || target.startsWith(`${scope}.`);
}

/** Nothing is touched that nobody locks. */
export const withinScope: readonly Rule[] = [insideScope];
