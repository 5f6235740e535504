import { stepsOf, type Plan, type Strength } from '../plan/plan.js';
import { approvalOf } from './rights.js';
import type { OpenGate } from './state.js';

/** What a gate asks for. */
export interface Asked {
  readonly step: string;
  /** Groups whose members may approve, or principals by their own name. */
  readonly by: readonly string[];
  readonly quorum: number;
  /** Whoever started it, or asked for the start, does not count. */
  readonly fourEyes: boolean;
  readonly strength?: Strength;
}

/** What the open gate asks for now: of the group that it was escalated to, too. */
export function askedNow(plan: Plan, gate: Pick<OpenGate, 'step' | 'escalated'>): Asked | undefined {
  const approval = approvalOf(plan, gate.step);
  if (!approval) return undefined;
  const { by, quorum, fourEyes = false } = approval;
  const strength = approval.strength ?? (leadsPastNoReturn(plan, gate.step) ? 'token' : undefined);
  return {
    step: gate.step,
    by: gate.escalated ? [...by, gate.escalated.to] : by,
    quorum,
    fourEyes,
    ...(strength && { strength }),
  };
}

/** What each gate of the plan asks for, with the group that it may be escalated to. */
export function askedEver(plan: Plan): Asked[] {
  return stepsOf(plan).flatMap(({ step }) => {
    if (step.type !== 'gate') return [];
    const { escalate } = step.approval;
    const asked = askedNow(plan, {
      step: step.id,
      ...(escalate && { escalated: { to: escalate.to, at: 0 } }),
    });
    return asked ? [asked] : [];
  });
}

/** The time in which nobody could answer is given back: everything that is due comes later. */
export function laterBy(gate: OpenGate, ms: number): void {
  gate.deadline += ms;
  if (gate.remindAt !== undefined) gate.remindAt += ms;
  if (gate.escalateAt !== undefined) gate.escalateAt += ms;
}

/** The deadline comes later, and people are told again before it; the other group is asked when it would have been. */
export function putOff(plan: Plan, gate: OpenGate, ms: number): void {
  gate.deadline += ms;
  const remind = approvalOf(plan, gate.step)?.remind;
  if (remind !== undefined) gate.remindAt = gate.deadline - remind;
}

/** A gate's own name, as delegations call it. */
export function gateName(step: string): string {
  return step.replace(/^approve\//, '');
}

/** Whether somebody answers a gate by what was delegated to them: names of gates, or `*`. */
export function coversGate(gates: readonly string[], step: string): boolean {
  return ['*', step, gateName(step)].some((name) => gates.includes(name));
}

/** Whether what cannot be undone comes before anybody is asked again. */
function leadsPastNoReturn(plan: Plan, id: string): boolean {
  const steps = stepsOf(plan).map(({ step }) => step);
  for (const step of steps.slice(steps.findIndex((one) => one.id === id) + 1)) {
    if (step.type === 'gate') return false;
    if (step.type === 'act' && step.undo.type === 'irreversible') return true;
  }
  return false;
}
