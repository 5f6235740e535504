import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { Claims } from '../../src/identity/claims.js';
import type { Proof } from '../../src/engine/state/messages.js';
import { claimsShape } from './claims-shape.js';
import { typ } from './sign.js';

/** A door as the configuration names it. */
export interface Door {
  readonly keys: readonly {
    readonly kid: string;
    /** The public key, Ed25519. */
    readonly x: string;
    /** From when on nothing counts that it signs, in Unix ms; 0 where it never counted. */
    readonly revoked?: number;
  }[];
  /** What it may vouch for. */
  readonly proofs: readonly Proof[];
}

export type Doors = Readonly<Record<string, Door>>;

/** What a door vouches for, or why that does not count. */
export type Verdict =
  | { readonly claims: Claims }
  /** `late`: had it come in before, it might have counted. */
  | { readonly refused: string; readonly late?: true };

/** Clocks of doors and of the server may differ by so much, in milliseconds. */
export const skew = 60_000;
/** A door vouches for somebody's decision for so long at most, in milliseconds. */
export const longestValid = 900_000;

/**
 * Checks what a door has signed, and that it counted when it came in.
 *
 * @param at when it came in, in Unix ms
 */
export async function verify(jws: string, doors: Doors, at: number): Promise<Verdict> {
  const verdict = await verifySignature(jws, doors);
  if ('refused' in verdict) return { refused: verdict.refused };
  const { claims, revoked = Infinity } = verdict;
  const fault = faultOfTimes(claims, at);
  if (fault !== undefined) return { refused: fault };
  // Whoever has a leaked key writes any time into what he signs: when it came in counts as well.
  if (at >= revoked) return { refused: `key ${verdict.kid} was revoked`, late: true };
  const until = claims.exp * 1_000;
  if (at <= until + skew) return { claims };
  return { refused: `it counted until ${new Date(until).toISOString()}: decide again`, late: true };
}

/** What was signed, by which key. */
export type Signed =
  | { readonly claims: Claims; readonly kid: string; readonly revoked?: number }
  | { readonly refused: string; readonly kid?: string };

/**
 * Checks who has signed, and that nothing was changed since; not when. A key that is revoked counts for what it signed
 * before: so a journal can be checked for good.
 */
export async function verifySignature(jws: string, doors: Doors): Promise<Signed> {
  const kid = kidOf(jws);
  if (kid === undefined) return { refused: 'it is no signature of a door' };
  const found = doorOf(doors, kid);
  if (!found) return { refused: `key ${kid.slice(0, 80)} is of no door that the configuration names`, kid };
  const { name, door, key } = found;
  const claims = await read(jws, key.x);
  if (typeof claims === 'string') return { refused: claims, kid };
  const { revoked } = key;
  if (claims.via !== name) return { refused: `door ${name} signed as ${claims.via}`, kid };
  if (!door.proofs.includes(claims.proof))
    return { refused: `door ${name} may not vouch for ${claims.proof}`, kid };
  if (revoked !== undefined && claims.iat * 1_000 >= revoked)
    return { refused: `key ${kid} was revoked before it signed this`, kid };
  return { claims, kid, ...(revoked !== undefined && { revoked }) };
}

/** The name of the key that is said to have signed; undefined when it is nothing that a door signs. */
export function kidOf(jws: string): string | undefined {
  try {
    const header = decodeProtectedHeader(jws);
    return header.typ === typ && typeof header.kid === 'string' ? header.kid : undefined;
  } catch {
    return undefined;
  }
}

function doorOf(doors: Doors, kid: string) {
  for (const [name, door] of Object.entries(doors)) {
    const key = door.keys.find((one) => one.kid === kid);
    if (key) return { name, door, key };
  }
  return undefined;
}

/** The claims, or why they do not count. */
async function read(jws: string, x: string): Promise<Claims | string> {
  try {
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA');
    // One algorithm and no other: a header that names none, or one with a shared secret, proves nothing.
    const { payload } = await compactVerify(jws, key, { algorithms: ['EdDSA'] });
    const claims = claimsShape.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    if (claims.success) return claims.data;
    const [issue] = claims.error.issues;
    return `its door signed what is no decision: ${issue?.path.join('.')}: ${issue?.message}`;
  } catch {
    return 'its signature does not fit';
  }
}

function faultOfTimes({ iat, exp }: Claims, at: number): string | undefined {
  const [from, until] = [iat * 1_000, exp * 1_000];
  if (until <= from || until - from > longestValid) {
    return `it is to count for ${(until - from) / 60_000} minutes, and 15 are the most`;
  }
  if (at < from - skew)
    return `it was signed ${Math.round((from - at) / 1_000)} s after it came: see the clocks`;
  return undefined;
}
