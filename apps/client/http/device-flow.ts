import type { Credential } from '../../config/credentials.js';
import { credentialOf, discover, told } from './issuer.js';

/** Where people of an environment sign in, as its server says. */
export interface SignInPlace {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource?: string;
}

/** What somebody has to do in a browser, on this machine or another. */
export interface Prompt {
  readonly url: string;
  readonly code: string;
  /** The address with the code in it, where the issuer has one. */
  readonly whole?: string;
}

/**
 * Signs somebody in by the device flow (RFC 8628): they open an address anywhere, compare the code, and agree.
 *
 * @throws Refusal when they do not, or the code expires; Unreachable when the issuer does not answer
 */
export async function signIn(
  place: SignInPlace,
  show: (prompt: Prompt) => void,
  signal: AbortSignal,
): Promise<Credential> {
  const { issuer, clientId, scopes, resource } = place;
  try {
    const { oauth, found } = await discover(issuer, clientId);
    const aim = resource === undefined ? {} : { resource };
    const begun = await oauth.initiateDeviceAuthorization(found, { scope: scopes.join(' '), ...aim });
    const { verification_uri: address, user_code: code, verification_uri_complete: whole } = begun;
    show({ url: address, code, ...(whole !== undefined && { whole }) });
    const tokens = await oauth.pollDeviceAuthorizationGrant(found, begun, aim, { signal });
    return credentialOf(tokens, { issuer, clientId, resource });
  } catch (error) {
    throw told(error, issuer);
  }
}
