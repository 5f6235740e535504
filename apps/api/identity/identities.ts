import type { Right } from '../../../src/identity/index.js';
import type { Caller } from '../caller.js';

/** Who somebody is by what their request carries, and what they may do: as the configuration says now. */
export interface Identities {
  /** Whether a name without any proof is enough. */
  readonly byName: boolean;
  /** Throws a problem when nobody can be told from it. */
  callerOf(headers: Headers, address: string): Promise<Caller>;
  /** The groups in which somebody is; none of whom nobody knows. */
  groupsOf(name: string): readonly string[];
  /** Why somebody has no right on a runbook, or on any when none is named; undefined when they have it. */
  deniedFor(caller: Caller, right: Right, runbook: string | undefined): string | undefined;
  /** The targets in a scope that somebody may not touch with a plan that was made elsewhere. */
  targetsDenied(name: string, scope: readonly string[]): readonly string[];
  /** Whether what a caller showed still holds: it has not ended, and nobody took it back. */
  stillHolds(caller: Caller): boolean;
}
