import { skew, verify, type Doors } from '../../../activities/identity/verify.js';
import { bindingFault, type Bound, type Claims } from '../../../src/identity/claims.js';

/** What was asked for, and what a door has signed of it. */
export interface Signed {
  readonly bound: Bound;
  readonly signed?: string;
  /** When it was heard, in Unix ms. */
  readonly heardAt: number;
}

/** What a door vouches for, or why that does not count. */
export type Proven = { readonly claims: Claims } | { readonly refused: string };

/** When the server took what was heard later, in Unix ms; undefined when that cannot be said. */
export type CameAt = (signed: string, notBefore: number) => Promise<number | undefined>;

/**
 * Finds out whether a door vouches for the very thing that is asked for, and counted when it came.
 *
 * @param cameAt is asked only when it was heard too late: it may have waited for a worker
 */
export async function prove(
  { bound, signed, heardAt }: Signed,
  doors: Doors,
  cameAt?: CameAt,
): Promise<Proven> {
  if (signed === undefined) {
    return { refused: `${bound.by} is only a name: outside local environments a decision has to be signed` };
  }
  let verdict = await verify(signed, doors, heardAt);
  if ('refused' in verdict && verdict.late && cameAt) {
    const at = await cameAt(signed, heardAt - mostWaited);
    if (at !== undefined) verdict = await verify(signed, doors, at);
  }
  if ('refused' in verdict) return { refused: verdict.refused };
  const fault = bindingFault(verdict.claims, bound);
  return fault === undefined ? verdict : { refused: fault };
}

/** Nobody knows how long there was no worker; what waited for a week is nobody's wish any more. */
const mostWaited = 7 * 86_400_000 + skew;
