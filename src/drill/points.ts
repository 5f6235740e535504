import { stepsOf, type ContractStep, type Phase, type Plan } from '../engine/plan/plan.js';

/** How a drill makes a rollout fail at a step. */
export const failures = [
  /** An act fails before it had an effect. */
  'before-effect',
  /** An act fails although it had its effect. */
  'after-effect',
  /** The worker dies when the act has had its effect and nobody heard of it. */
  'crash',
  /** A guard fails in a watch; where the plan has no guards, somebody aborts. */
  'breach',
  /** The activity that watches dies and does not come back. */
  'blind',
  /** The people who are asked say no. */
  'reject',
  /** Nobody answers until the deadline. */
  'expire',
] as const;
export type Failure = (typeof failures)[number];

/** One place at which a plan can fail, and what has to come of it. */
export interface FailurePoint {
  readonly phase: Phase;
  readonly step: string;
  readonly failure: Failure;
  /** `halted` past the point of no return, where nothing is taken back, and where the plan itself says so. */
  readonly expects: 'rolled-back' | 'halted';
  /** Whether an irreversible act has had its effect by then: such points are counted apart. */
  readonly pastReturn: boolean;
}

/** A point's name, unique in its plan: `backfill/shop.customer after-effect`. */
export function pointName({ step, failure }: Pick<FailurePoint, 'step' | 'failure'>): string {
  return `${step} ${failure}`;
}

/**
 * Every point at which a plan can fail, in the order of its steps.
 *
 * @example
 * failurePointsOf(plan).filter(({ pastReturn }) => !pastReturn).length; // what a drill has to cover
 */
export function failurePointsOf(plan: Plan): readonly FailurePoint[] {
  let gone = false;
  return stepsOf(plan).flatMap(({ phase, step }) =>
    failuresOf(step).map((failure) => {
      gone ||= isIrreversible(step) && failure !== 'before-effect';
      const expects = gone || haltsByPlan(step, failure) ? 'halted' : 'rolled-back';
      return { phase, step: step.id, failure, expects, pastReturn: gone } as const;
    }),
  );
}

function failuresOf({ type }: ContractStep): readonly Failure[] {
  switch (type) {
    case 'act':
      return ['before-effect', 'after-effect', 'crash'];
    case 'watch':
      return ['breach', 'blind'];
    case 'gate':
      return ['reject', 'expire'];
  }
}

function isIrreversible(step: ContractStep): boolean {
  return step.type === 'act' && step.undo.type === 'irreversible';
}

function haltsByPlan(step: ContractStep, failure: Failure): boolean {
  return failure === 'expire' && step.type === 'gate' && step.approval.onExpiry === 'halt';
}
