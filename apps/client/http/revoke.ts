import type { Credential } from '../../config/credentials.js';
import { discover, told } from './issuer.js';

/**
 * Has the issuer of a sign-in take it back (RFC 7009): what it can be renewed with, and the token itself.
 *
 * @returns false when the issuer offers no such thing
 * @throws Unreachable when it does not answer; Refusal when it refuses
 */
export async function revoke({ issuer, clientId, token, refresh }: Credential): Promise<boolean> {
  if (clientId === undefined) return false;
  try {
    const { oauth, found } = await discover(issuer, clientId);
    if (found.serverMetadata().revocation_endpoint === undefined) return false;
    // An issuer that ends the grant with it ends all that came of it.
    if (refresh !== undefined) await oauth.tokenRevocation(found, refresh, hint('refresh_token'));
    try {
      await oauth.tokenRevocation(found, token, hint('access_token'));
    } catch (error) {
      // One that can be checked without the issuer counts until it expires, which some say by this code.
      if (refresh === undefined || !isUnsupported(error)) throw error;
    }
    return true;
  } catch (error) {
    throw told(error, issuer, 'the token counts until it expires');
  }
}

function hint(kind: 'refresh_token' | 'access_token') {
  return { token_type_hint: kind };
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'error' in error && error.error === 'unsupported_token_type';
}
