import type { Configuration } from 'openid-client';
import { rootMessage, Unreachable } from '../../../activities/temporal/failures.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { isProtected } from './origin.js';

/** Seconds for each request to the issuer. */
const answerWithin = 10;

/** An issuer as it describes itself, and the client library that talks to it. */
export interface Issuer {
  readonly oauth: typeof import('openid-client');
  readonly found: Configuration;
}

/** In messages. */
export function signInAt(issuer: string): string {
  return `the sign-in at ${issuer}`;
}

/** Asks an issuer how it is talked to. Throws `Refusal` for one that is reached without TLS. */
export async function discover(issuer: string, clientId: string): Promise<Issuer> {
  const url = new URL(issuer);
  if (!isProtected(url))
    throw new Refusal(signInAt(issuer), 'is reached without TLS', 'let its operator give it https');
  const oauth = await import('openid-client');
  const insecure = url.protocol === 'http:' ? [oauth.allowInsecureRequests] : [];
  const options = { execute: insecure, timeout: answerWithin };
  return { oauth, found: await oauth.discovery(url, clientId, undefined, oauth.None(), options) };
}

/** What an issuer says by a code (RFC 6749, RFC 8628), in the words of whoever signs in. */
const answers: Readonly<Record<string, string>> = {
  access_denied: 'was declined',
  expired_token: 'took longer than the code is good for',
  authorization_expired: 'took longer than the code is good for',
  invalid_grant: 'has ended',
};

/** An error of the issuer, or on the way to it, in the words of whoever signs in. */
export function told(error: unknown, issuer: string, fix = 'try again: switchback login'): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError' || error instanceof Refusal) return error;
  const what = signInAt(issuer);
  const { error: code, error_description: text } = error as { error?: string; error_description?: string };
  if (code !== undefined) return new Refusal(what, answers[code] ?? `was refused (${text ?? code})`, fix);
  return new Unreachable(
    `${what} does not work: ${rootMessage(error)}; see its address in the configuration`,
  );
}

/** What an issuer answered, as it is kept. */
export function credentialOf(
  tokens: { readonly access_token: string; readonly refresh_token?: string; readonly expires_in?: number },
  place: { readonly issuer: string; readonly clientId: string; readonly resource?: string | undefined },
) {
  const { access_token: token, refresh_token: refresh, expires_in: seconds } = tokens;
  const { issuer, clientId, resource } = place;
  return {
    token,
    issuer,
    clientId,
    ...(resource !== undefined && { resource }),
    ...(refresh !== undefined && { refresh }),
    ...(seconds !== undefined && { expires: new Date(Date.now() + seconds * 1_000).toISOString() }),
  };
}
