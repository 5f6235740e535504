import { Refusal } from '../../base/errors.js';
import type { PlacedStep, Plan } from '../plan.js';

/** What every plan keeps; throws `Refusal` naming the thing, the rule and the fix when one does not. */
export type Rule = (plan: Plan, steps: readonly PlacedStep[]) => void;

/** @throws Refusal of one step, always */
export function refuse({ phase, step }: PlacedStep, rule: string, fix: string): never {
  throw new Refusal(`${phase} step ${step.id}`, rule, fix);
}
