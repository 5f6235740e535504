import type { Strength } from '../plan/plan.js';
import type { Principal, Proof } from '../state/messages.js';

const ranks: Readonly<Record<Proof, number>> = { name: 0, slack: 1, token: 2, oidc: 2 };
const least: Readonly<Record<Strength, number>> = { slack: 1, token: 2 };

/**
 * Whether a proof is strong enough. A token that a person holds is as strong as a sign-in; what a program holds proves
 * nobody's decision.
 */
export function isStrongEnough(proof: Proof, kind: 'person' | 'service', needed: Strength): boolean {
  if (needed === 'token' && kind === 'service') return false;
  return ranks[proof] >= least[needed];
}

/** Whether somebody has shown enough. In a local environment, which says of nobody what they are, a name is enough. */
export function hasShownEnough(
  { proof = 'name', kind }: Pick<Principal, 'proof' | 'kind'>,
  needed?: Strength,
): boolean {
  return needed === undefined || kind === undefined || isStrongEnough(proof, kind, needed);
}
