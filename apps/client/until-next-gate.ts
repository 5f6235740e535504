import { stepsOf, type ContractStep, type Plan } from '../../src/engine/plan/plan.js';

/** The steps that one approval lets begin. */
export function untilNextGate(plan: Plan, gate: string): readonly ContractStep[] {
  const steps = stepsOf(plan).map(({ step }) => step);
  const after = steps.slice(steps.findIndex(({ id }) => id === gate) + 1);
  const next = after.findIndex(({ type }) => type === 'gate');
  return next < 0 ? after : after.slice(0, next);
}
