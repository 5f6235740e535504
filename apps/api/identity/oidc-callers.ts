import { isRefusal } from '../../../src/engine/base/errors.js';
import { principalOf, registeredAs, type OidcIdentity } from '../../../src/identity/index.js';
import { issuerOf, readAccessToken } from '../../../activities/identity/oidc/access-token.js';
import { keySetOf, type KeySet } from '../../../activities/identity/oidc/key-set.js';
import { directoryOf } from '../../config/identity/directory.js';
import type { Environment } from '../../config/config.js';
import type { Caller } from '../caller.js';
import { ProblemError } from '../problems/catalogue.js';
import { unknown } from './unknown.js';

/** People and services by an access token of an issuer that the configuration names. */
export function oidcCallers(
  environment: () => Environment,
  now: () => number = Date.now,
): { callerOf(token: string): Promise<Caller> } {
  const keySets = new Map<string, KeySet>();
  const keysOf = (issuer: string) => {
    const keys = keySets.get(issuer) ?? keySetOf(issuer, now);
    keySets.set(issuer, keys);
    return keys;
  };

  return {
    async callerOf(token) {
      const said = issuerOf(token);
      const issuer = environment().identity?.issuers.find((one) => one.issuer === said);
      // Nobody is asked for keys whom the configuration does not name.
      if (!issuer) throw unknown('it is no token that counts here');
      const shown = await readAccessToken(token, issuer, keysOf(issuer.issuer));
      if ('unreachable' in shown) throw unreachable(shown.unreachable);
      if ('refused' in shown) throw unknown(shown.refused);
      const name = nameOf(environment(), shown.identity, issuer.email);
      const principal = registeredAs(directoryOf(environment()), name);
      if (!principal) throw unknown('it is of nobody who is known here');
      const { kind, groups } = principal;
      return { name, kind, groups, proof: 'oidc', expires: shown.expires };
    },
  };
}

function nameOf(environment: Environment, identity: OidcIdentity, trustsEmail: boolean): string {
  try {
    return principalOf(directoryOf(environment), identity, trustsEmail);
  } catch (error) {
    if (isRefusal(error)) throw unknown(error.message);
    throw error;
  }
}

function unreachable(why: string): ProblemError {
  return new ProblemError('unreachable', 'this token', why, 'try again later', { 'retry-after': '30' });
}
