import type { Plan } from '../engine/plan/plan.js';

/** What a check of a plan in an environment is started with. */
export interface CheckInput {
  readonly format: 1;
  readonly plan: Plan;
  readonly digest: string;
  /** The plan came as JSON, and may call itself anything. */
  readonly fromFile?: true;
}

/** `fail`: a rollout of it would be refused or get stuck; `warn`: it may start, and this is worth knowing. */
export interface CheckFinding {
  readonly verdict: 'ok' | 'warn' | 'fail';
  /** The step, guard or member of the plan. */
  readonly about: string;
  readonly found: string;
}

/** What the check answers. */
export interface CheckResult {
  readonly format: 1;
  readonly findings: readonly CheckFinding[];
}

/** The name of the workflow. It stands in histories. */
export const checkType = 'check';

/** The activities of a check, beside the adapters' own verb `check`. */
export interface CheckActivities {
  /** Whether the people whom the plan asks exist, may and are enough, and whether it asks as its environment wants. */
  checkPeople(input: Pick<CheckInput, 'plan' | 'fromFile'>): Promise<readonly CheckFinding[]>;
  /** What each guard says now, asked for without the sentinel. */
  checkGuards(input: { readonly plan: Plan }): Promise<readonly CheckFinding[]>;
}
