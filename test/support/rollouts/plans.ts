import type { Act, Deadlines, Phase, Plan } from '../../../src/engine/plan/plan.js';
import { validate } from '../../../src/engine/plan/validate.js';

/** A change of a plan; what comes out is validated like any plan. */
export type Change = (plan: Plan) => Plan;

/** Several changes, one after the other. */
export const all =
  (...changes: readonly Change[]): Change =>
  (plan) =>
    validate(changes.reduce((changed, change) => change(changed), plan));

/** The plan with other waiting times, in milliseconds. */
export const withDeadlines =
  (deadlines: Partial<Deadlines>): Change =>
  (plan) => ({ ...plan, deadlines: { ...plan.deadlines, ...deadlines } });

/** The plan without the steps of these phases. */
export const without =
  (...phases: readonly Phase[]): Change =>
  (plan) => ({
    ...plan,
    phases: { ...plan.phases, ...Object.fromEntries(phases.map((phase) => [phase, []])) },
  });

/** The plan with its exposure alone, so that a hand can put everything back. */
export const flagOnly: Change = (plan) => ({
  ...without('expand', 'contract')(plan),
  scope: ['flag:split-name'],
});

/** The plan in which an act may take so long, in milliseconds. */
export const withAct =
  (id: string, change: Partial<Pick<Act, 'within'>>): Change =>
  (plan) =>
    JSON.parse(
      JSON.stringify(plan, (_, value: { id?: string } | null) =>
        value?.id === id ? { ...value, ...change } : value,
      ),
    ) as Plan;
