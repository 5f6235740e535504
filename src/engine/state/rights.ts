import type { Principal } from './messages.js';
import { stepsOf, type Approval, type Plan, type Watch } from '../plan/plan.js';

/** The approval a step asks for, or undefined when it is no gate. */
export function approvalOf(plan: Plan, id: string): Approval | undefined {
  const step = stepsOf(plan).find((placed) => placed.step.id === id)?.step;
  return step?.type === 'gate' ? step.approval : undefined;
}

/** The watch with an id, or undefined when it is no watch. */
export function watchOf(plan: Plan, id: string): Watch | undefined {
  const step = stepsOf(plan).find((placed) => placed.step.id === id)?.step;
  return step?.type === 'watch' ? step : undefined;
}

/** Who may answer holds, resolve, resume, extend and halt: the owner's group and every group that a gate names. */
export function operatorGroups(plan: Plan): string[] {
  const named = stepsOf(plan).flatMap(({ step }) => (step.type === 'gate' ? step.approval.by : []));
  return [...new Set([plan.owner, ...named])];
}

/** Why somebody is in none of the groups that may decide; undefined when they are in one. */
export function outsider(by: Principal, groups: readonly string[]): string | undefined {
  if (by.allowed) return undefined;
  if (by.groups.some((group) => groups.includes(group))) return undefined;
  return `${by.name} is in none of the groups that may decide: ${groups.join(', ')}`;
}
