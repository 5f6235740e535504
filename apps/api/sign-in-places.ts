import type { SignInPlace } from '../client/http/device-flow.js';
import type { Environment } from '../config/config.js';

/** The issuers at which people can sign in with the device flow: those with an application for it. */
export function signInPlacesOf({ identity }: Pick<Environment, 'identity'>): readonly SignInPlace[] {
  return (identity?.issuers ?? []).flatMap(({ issuer, login }) => (login ? [{ issuer, ...login }] : []));
}
