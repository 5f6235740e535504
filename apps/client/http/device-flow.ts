import type { Credential } from '../../config/credentials.js';
import { rootMessage, Unreachable } from '../../../activities/temporal/failures.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { isProtected } from './origin.js';

/** Seconds for each request to the issuer. */
const answerWithin = 10;

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
  const url = new URL(issuer);
  const what = `the sign-in at ${issuer}`;
  if (!isProtected(url)) throw new Refusal(what, 'is reached without TLS', 'let its operator give it https');
  const oauth = await import('openid-client');
  try {
    const insecure = url.protocol === 'http:' ? [oauth.allowInsecureRequests] : [];
    const found = await oauth.discovery(url, clientId, undefined, oauth.None(), {
      execute: insecure,
      timeout: answerWithin,
    });
    const aim = resource === undefined ? {} : { resource };
    const begun = await oauth.initiateDeviceAuthorization(found, { scope: scopes.join(' '), ...aim });
    const { verification_uri: address, user_code: code, verification_uri_complete: whole } = begun;
    show({ url: address, code, ...(whole !== undefined && { whole }) });
    const tokens = await oauth.pollDeviceAuthorizationGrant(found, begun, aim, { signal });
    const expires = expiryOf(tokens.expires_in);
    return { token: tokens.access_token, issuer, ...(expires !== undefined && { expires }) };
  } catch (error) {
    throw told(error, what);
  }
}

function expiryOf(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : new Date(Date.now() + seconds * 1_000).toISOString();
}

/** What an issuer says by a code (RFC 6749, RFC 8628), in the words of whoever signs in. */
const answers: Readonly<Record<string, string>> = {
  access_denied: 'was declined',
  expired_token: 'took longer than the code is good for',
  authorization_expired: 'took longer than the code is good for',
};

function told(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const { error: code, error_description: text } = error as { error?: string; error_description?: string };
  if (code !== undefined) {
    return new Refusal(what, answers[code] ?? `was refused (${text ?? code})`, 'try again: switchback login');
  }
  return new Unreachable(
    `${what} does not work: ${rootMessage(error)}; see its address in the configuration`,
  );
}
