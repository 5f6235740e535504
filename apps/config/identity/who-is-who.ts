import { personBehind, registeredAs, type Registered } from '../../../src/identity/principal.js';
import { fault, type Fault, type People } from './faults.js';

type Named = readonly [name: string, entry: Registered];

/** Principals of whom it cannot be said who they are. */
export function* ambiguousPrincipals(given: People): Generator<Fault> {
  const all = Object.entries(given.directory.principals);
  yield* withoutOwner(given, all);
  yield* calledLikeGroups(all);
  yield* boundTwice(all);
  yield* unknownIssuers(given, all);
}

function* withoutOwner({ directory }: People, all: readonly Named[]): Generator<Fault> {
  for (const [name, entry] of all) {
    if (entry.kind !== 'service') continue;
    const path = ['principals', name, 'owner'];
    if (!registeredAs(directory, entry.owner)) {
      yield fault(
        `${entry.owner} is no principal of this environment; name who answers for ${name}`,
        ...path,
      );
    } else if (registeredAs(directory, personBehind(directory, name))?.kind !== 'person') {
      yield fault(`no person stands behind it; name one who answers for ${name}`, ...path);
    }
  }
}

/** What is granted to a name would be granted to the group as well. */
function* calledLikeGroups(all: readonly Named[]): Generator<Fault> {
  const groups = new Set(all.flatMap(([, { groups }]) => groups));
  for (const [name] of all) {
    if (groups.has(name))
      yield fault('it is the name of a group, too; rename one of the two', 'principals', name);
  }
}

function* boundTwice(all: readonly Named[]): Generator<Fault> {
  const seen = new Map<string, string>();
  for (const [name, entry] of all) {
    for (const [member, key] of bindingsOf(entry)) {
      const before = seen.get(key);
      const message = `${before} is bound to it as well; leave it with one of them`;
      if (before !== undefined) yield fault(message, 'principals', name, member);
      seen.set(key, name);
    }
  }
}

function bindingsOf({ oidc, email, slack }: Registered): (readonly [member: string, key: string])[] {
  return [
    ...(oidc ? [['oidc', JSON.stringify(['oidc', oidc.issuer, oidc.subject])] as const] : []),
    ...(email === undefined ? [] : [['email', JSON.stringify(['email', email.toLowerCase()])] as const]),
    ...(slack ? [['slack', JSON.stringify(['slack', slack.team, slack.user])] as const] : []),
  ];
}

function* unknownIssuers({ identity }: People, all: readonly Named[]): Generator<Fault> {
  const issuers = (identity?.issuers ?? []).map(({ issuer }) => issuer);
  for (const [name, { oidc }] of all) {
    if (!oidc || issuers.includes(oidc.issuer)) continue;
    const rule = `${oidc.issuer} is no issuer whose tokens count here`;
    const fix = `add it to identity.issuers, or use one of ${issuers.join(', ') || 'none'}`;
    yield fault(`${rule}; ${fix}`, 'principals', name, 'oidc', 'issuer');
  }
}
