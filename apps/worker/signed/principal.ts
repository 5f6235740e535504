import type { Environment } from '../../config/config.js';
import { directoryOf } from '../../config/identity/directory.js';
import { standingOf } from '../../../src/identity/quorum.js';
import type { Claims } from '../../../src/identity/claims.js';
import type { Authorisation } from '../../../src/protocol/decisions.js';
import type { Proven } from './prove.js';

/** Who somebody is as of now, by what a door vouches for. */
export function principalBy(environment: Environment, proven: Proven): Authorisation {
  if ('refused' in proven) return proven;
  const { by, via, proof, submittedBy, seen } = proven.claims;
  const people = { directory: directoryOf(environment), delegations: environment.delegations ?? [] };
  const standing = standingOf(people, by, Date.now());
  if (!standing) return { refused: `${by} is not known here any more` };
  const principal = { ...standing, via, proof, submittedBy };
  return { principal, signed: true, ...(seen !== undefined && { seen }) };
}

/** Until when what was signed may come again, in Unix ms. */
export function countsUntil({ exp }: Claims): number {
  return exp * 1_000;
}
