import { Refusal } from '../engine/base/errors.js';

/** How a principal may be recognised. Each is bound to one principal: two that match are refused. */
export interface Bindings {
  /** The subject of an issuer's tokens; never reassigned by an issuer, unlike an e-mail address. */
  readonly oidc?: { readonly issuer: string; readonly subject: string };
  /** Counts only from an issuer for which e-mail is switched on, and only verified. */
  readonly email?: string;
  readonly slack?: { readonly team: string; readonly user: string };
}

/** Somebody who decides with a head of their own. */
export interface Person extends Bindings {
  readonly kind: 'person';
  readonly groups: readonly string[];
}

/** A program. It counts as its owner where different people are asked for. */
export interface Service extends Bindings {
  readonly kind: 'service';
  readonly owner: string;
  readonly groups: readonly string[];
}

export type Registered = Person | Service;

/** Everybody whom an environment knows, by name. */
export interface Directory {
  readonly principals: Readonly<Record<string, Registered>>;
}

/** What an identity provider says of somebody, after its signature was checked. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
}

/** The entry of a name; a name that every object has, such as `constructor`, is nobody's. */
export function registeredAs({ principals }: Directory, name: string): Registered | undefined {
  return Object.hasOwn(principals, name) ? principals[name] : undefined;
}

/**
 * Whose identity this is, by issuer and subject; by a verified e-mail address only where the issuer is trusted for it.
 *
 * @throws Refusal when nobody matches, or more than one does
 */
export function principalOf(directory: Directory, given: OidcIdentity, trustsEmail: boolean): string {
  const bySubject = namesWhere(
    directory,
    ({ oidc }) => oidc?.issuer === given.issuer && oidc.subject === given.subject,
  );
  const mayByEmail = trustsEmail && given.emailVerified === true && given.email !== undefined;
  const address = given.email?.toLowerCase();
  const byEmail = mayByEmail ? namesWhere(directory, ({ email }) => email?.toLowerCase() === address) : [];
  return onlyOf([...new Set([...bySubject, ...byEmail])], `${given.subject} of ${given.issuer}`);
}

/**
 * Whose Slack account this is: by team and user, never by a name that people can change.
 *
 * @throws Refusal when nobody matches, or more than one does
 */
export function principalOfSlack(directory: Directory, team: string, user: string): string {
  const found = namesWhere(directory, ({ slack }) => slack?.team === team && slack.user === user);
  return onlyOf(found, `user ${user} of Slack team ${team}`);
}

/** The people who stand behind a principal: a service is its owner, and an owner may be a service again. */
export function personBehind(directory: Directory, name: string): string {
  const seen = new Set<string>();
  let at = name;
  for (let entry = registeredAs(directory, at); entry?.kind === 'service' && !seen.has(at);) {
    seen.add(at);
    at = entry.owner;
    entry = registeredAs(directory, at);
  }
  return at;
}

function namesWhere({ principals }: Directory, matches: (entry: Registered) => boolean): string[] {
  return Object.entries(principals).flatMap(([name, entry]) => (matches(entry) ? [name] : []));
}

function onlyOf(names: readonly string[], identity: string): string {
  const [name, ...others] = names;
  if (name === undefined) {
    const fix = 'bind it to a principal in the configuration';
    throw new Refusal(identity, 'is nobody that this environment knows', fix);
  }
  if (others.length === 0) return name;
  throw new Refusal(identity, `is bound to ${names.join(' and ')}`, 'leave it with one of them');
}
