import type { Right } from '../../src/identity/index.js';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { ProblemError } from './problems/catalogue.js';

/** Throws unless the caller has a right: on a runbook, or on any where it is about none. */
export function requireRight(
  { identities }: Pick<Door, 'identities'>,
  caller: Caller,
  right: Right,
  runbook?: string,
): void {
  const why = identities.deniedFor(caller, right, runbook);
  if (why === undefined) return;
  throw new ProblemError('forbidden', caller.name, why, 'ask whoever writes the policy for the right');
}

/** Throws unless the caller has one of these rights. */
export function requireOneOf(
  door: Pick<Door, 'identities'>,
  caller: Caller,
  rights: Right | readonly Right[],
  runbook?: string,
): void {
  const all = [rights].flat();
  const allowed = all.some((right) => door.identities.deniedFor(caller, right, runbook) === undefined);
  const [first] = all;
  if (!allowed && first !== undefined) requireRight(door, caller, first, runbook);
}

/** Throws unless the caller may touch every target of a plan that was made elsewhere. */
export function requireTargets(
  { identities }: Pick<Door, 'identities'>,
  { name }: Caller,
  scope: readonly string[],
): void {
  const denied = identities.targetsDenied(name, scope);
  if (denied.length === 0) return;
  const why = `may not start a plan from a file on ${denied.join(', ')}`;
  throw new ProblemError('forbidden', name, why, 'ask for that right, or start a runbook that is listed');
}
