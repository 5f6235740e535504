import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import type { OidcIdentity } from '../../../src/identity/principal.js';
import { IssuerUnreachable, type KeySet } from './key-set.js';

/** An issuer as the configuration names it. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
}

/** Who somebody is and until when that counts, in milliseconds since the epoch; or why it does not. */
export type Shown =
  | { readonly identity: OidcIdentity; readonly expires: number }
  | { readonly refused: string }
  | { readonly unreachable: string };

/** Clocks of the issuer and of this machine may differ by so much, in seconds. */
const skew = 60;

/** The issuer that a token says it is from, before anything of it is believed; undefined for what is no token. */
export function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/**
 * Checks an access token: who issued it, for whom it was made, and that it counts now. An ID token is none: it says to an
 * application who signed in there, and any application could show it here.
 */
export async function readAccessToken(token: string, issuer: Issuer, keys: KeySet): Promise<Shown> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys.key, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      clockTolerance: skew,
      requiredClaims: ['sub', 'exp'],
    });
    const { typ } = protectedHeader;
    if (!isAccessToken(typ, payload)) return { refused: 'it is no access token' };
    return { identity: identityOf(issuer.issuer, payload), expires: Number(payload.exp) * 1_000 };
  } catch (error) {
    if (error instanceof IssuerUnreachable) return { unreachable: error.message };
    return { refused: reasonOf(error) };
  }
}

/**
 * RFC 9068 has a type for it. Issuers that are older write `JWT` into either: what only an ID token has tells them apart.
 */
function isAccessToken(typ: string | undefined, payload: JWTPayload): boolean {
  const named = typ?.toLowerCase().replace(/^application\//, '');
  if (named === 'at+jwt') return true;
  const ofSignIn = ['nonce', 'at_hash', 'c_hash', 's_hash'].some((claim) => payload[claim] !== undefined);
  const saysSo = ['scope', 'scp', 'client_id', 'azp'].some((claim) => payload[claim] !== undefined);
  return (named === undefined || named === 'jwt') && !ofSignIn && saysSo;
}

function identityOf(issuer: string, { sub = '', email, email_verified: verified }: JWTPayload): OidcIdentity {
  return {
    issuer,
    subject: sub,
    ...(typeof email === 'string' && { email }),
    ...(typeof verified === 'boolean' && { emailVerified: verified }),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its ${error.claim} does not fit`;
  if (error instanceof errors.JWKSNoMatchingKey) return 'its issuer has no such key';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed';
  return 'its signature does not fit';
}
