import { registeredAs, type Directory } from './principal.js';
import { matches } from './pattern.js';

/** What somebody may do in an environment, for the runbooks that a pattern names. */
export const rights = [
  'view',
  'brake',
  'start',
  'start-from-file',
  'approve',
  'operate',
  'halt',
  'lift-stop',
  'take-over',
  'revert',
  'drill',
  'break-glass',
] as const;
export type Right = (typeof rights)[number];

/** A right for the members of groups, or for principals by their own name, on the runbooks of a pattern. */
export interface Grant {
  readonly runbooks: string;
  readonly right: Right;
  /** Of `start-from-file`: the targets that a plan may have in its scope; all when absent. */
  readonly targets?: string;
  /** Names of groups or of principals. Nobody when empty. */
  readonly to: readonly string[];
}

/** No runbook is called so: only a grant for all of them matches. */
export const everyRunbook = '*';

/** Whoever has one of these may brake: there is no dead end on the way to safety. */
const brakes: readonly Right[] = [
  'start',
  'start-from-file',
  'approve',
  'operate',
  'halt',
  'revert',
  'break-glass',
];

/** Looking is part of everything else. */
const looks: readonly Right[] = rights.filter((right) => right !== 'view');

/** What a right brings with it. */
const impliedBy: Readonly<Partial<Record<Right, readonly Right[]>>> = { brake: brakes, view: looks };

/** Who may do what, and who is who. */
export interface Policy {
  readonly directory: Directory;
  readonly grants: readonly Grant[];
}

/** Whether a principal has a right on a runbook. Nothing is granted that is not written down. */
export function has(policy: Policy, name: string, right: Right, runbook: string): boolean {
  return grantsOf(policy, name, right).some(({ runbooks }) => matches(runbooks, runbook));
}

/** Whether rights that somebody is limited to let them do what a right is for. */
export function covers(limits: readonly Right[], right: Right): boolean {
  return limits.includes(right) || (impliedBy[right] ?? []).some((stronger) => limits.includes(stronger));
}

/** Whether a principal has a right on some runbook, whichever. */
export function hasOnAny(policy: Policy, name: string, right: Right): boolean {
  return grantsOf(policy, name, right).length > 0;
}

/** The targets in a scope that a principal may not touch with a plan from a file, which may call itself anything. */
export function targetsDenied(policy: Policy, name: string, scope: readonly string[]): readonly string[] {
  const grants = grantsOf(policy, name, 'start-from-file');
  return scope.filter((target) => !grants.some(({ targets = '*' }) => matches(targets, target)));
}

/** Why a principal may not, with who may; undefined when they may. */
export function denied(policy: Policy, name: string, right: Right, runbook: string): string | undefined {
  if (has(policy, name, right, runbook)) return undefined;
  const able = whoHas(policy, right, runbook);
  const who = able.length === 0 ? 'nobody has it' : `${able.join(', ')} may`;
  const where = runbook === everyRunbook ? 'every runbook' : runbook;
  return `${name} has no right to ${right} on ${where}: ${who}`;
}

/** Everybody who has a right on a runbook, by name. */
export function whoHas(policy: Policy, right: Right, runbook: string): string[] {
  return Object.keys(policy.directory.principals)
    .filter((name) => has(policy, name, right, runbook))
    .sort();
}

/** The whole table, as `switchback rights` prints it. */
export function rightsTable(
  policy: Policy,
  runbook: string,
): readonly { readonly right: Right; readonly principals: readonly string[] }[] {
  return rights.map((right) => ({ right, principals: whoHas(policy, right, runbook) }));
}

/** The grants by which a principal has a right, also by one that brings it with it. */
function grantsOf({ directory, grants }: Policy, name: string, right: Right): readonly Grant[] {
  const entry = registeredAs(directory, name);
  if (!entry) return [];
  const enough = [right, ...(impliedBy[right] ?? [])];
  return grants.filter(
    (grant) =>
      enough.includes(grant.right) && grant.to.some((to) => to === name || entry.groups.includes(to)),
  );
}
