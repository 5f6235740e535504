import { ProblemError } from '../problems/catalogue.js';
import type { Identities } from './identities.js';

/** The header in which a name is told. A page of another site cannot send it: a browser would ask first, in vain. */
export const nameHeader = 'switchback-as';

/**
 * The people of a local environment. Nobody proves anything there, as on the command line; so it is taken from this
 * machine alone. What they may decide, the worker looks up.
 */
export function byName(people: () => Readonly<Record<string, readonly string[]>>): Identities {
  const groupsOf = (name: string) => {
    const known = people();
    return Object.hasOwn(known, name) ? (known[name] ?? []) : [];
  };
  return {
    byName: true,
    async callerOf(headers, address) {
      if (!isLoopback(address)) {
        const why = 'comes from another machine, where a name proves nothing';
        throw unauthenticated('this request', why, 'use a shared environment, with tokens');
      }
      const name = headers.get(nameHeader);
      if (name === null) {
        throw unauthenticated('this request', 'does not say who asks', 'send your name as Switchback-As');
      }
      if (!/^[\w.@-]{1,100}$/.test(name)) {
        throw unauthenticated(nameHeader, 'is no name', 'use letters, digits, dots, hyphens and @');
      }
      return { name, kind: 'person', groups: groupsOf(name), proof: 'name' };
    },
    groupsOf,
    deniedFor: () => undefined,
    targetsDenied: () => [],
    stillHolds: () => true,
  };
}

function unauthenticated(what: string, why: string, fix: string): ProblemError {
  return new ProblemError('unauthenticated', what, why, fix, { 'www-authenticate': 'Switchback-As' });
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
