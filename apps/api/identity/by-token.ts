import {
  covers,
  denied,
  hasOnAny,
  registeredAs,
  targetsDenied,
  type Right,
} from '../../../src/identity/index.js';
import { idOfToken, isTokenOf } from '../../../activities/identity/api-token.js';
import { directoryOf } from '../../config/identity/directory.js';
import { policyOf } from '../../config/identity/policy-of.js';
import type { Environment } from '../../config/config.js';
import type { Caller } from '../caller.js';
import type { Identities } from './identities.js';
import { oidcCallers } from './oidc-callers.js';
import { unknown } from './unknown.js';

/** What tells an API token from one of an issuer. */
const tokenPrefix = 'swb_';

/** The people and services of a shared environment, by a token that they show. */
export function byToken(environment: () => Environment, now: () => number = Date.now): Identities {
  const oidc = oidcCallers(environment, now);

  /** The entry of a token that counts now. */
  function entryOf(id: string) {
    const found = environment().identity?.tokens.find((one) => one.id === id);
    return found && found.expires > now() ? found : undefined;
  }

  function byApiToken(token: string): Caller {
    const id = idOfToken(token);
    const entry = id === undefined ? undefined : entryOf(id);
    if (!entry || !isTokenOf(entry.hash, token)) throw unknown('it is no token that counts here');
    const principal = registeredAs(directoryOf(environment()), entry.principal);
    if (!principal) throw unknown('it is no token that counts here');
    const { kind, groups } = principal;
    const { scopes, expires } = entry;
    return { name: entry.principal, kind, groups, proof: 'token', scopes, expires, token: entry.id };
  }

  return {
    byName: false,
    async callerOf(headers) {
      const token = bearerOf(headers);
      return token.startsWith(tokenPrefix) ? byApiToken(token) : oidc.callerOf(token);
    },
    groupsOf: (name) => registeredAs(directoryOf(environment()), name)?.groups ?? [],
    deniedFor(caller, right, runbook) {
      if (caller.scopes && !covers(caller.scopes as readonly Right[], right)) {
        return `this token is limited to ${caller.scopes.join(', ') || 'nothing'}`;
      }
      const policy = policyOf(environment());
      if (runbook !== undefined) return denied(policy, caller.name, right, runbook);
      // What is about no runbook: a right on any is enough here, and the worker judges what is decided.
      return hasOnAny(policy, caller.name, right)
        ? undefined
        : `${caller.name} has no right to ${right} here`;
    },
    targetsDenied: (name, scope) => targetsDenied(policyOf(environment()), name, scope),
    stillHolds(caller) {
      if (caller.expires !== undefined && caller.expires <= now()) return false;
      if (caller.proof === 'token') return caller.token !== undefined && entryOf(caller.token) !== undefined;
      return registeredAs(directoryOf(environment()), caller.name) !== undefined;
    },
  };
}

function bearerOf(headers: Headers): string {
  const header = headers.get('authorization');
  if (header === null) throw unknown('no token is shown', 'Bearer');
  const [, token] = /^Bearer ([\w.~+/=-]{1,8000})$/i.exec(header) ?? [];
  if (token === undefined) throw unknown('it is no bearer token', 'Bearer');
  return token;
}
