import { boundOfDecision, boundOfLocksDecision } from '../../src/identity/claims.js';
import { registeredAs } from '../../src/identity/principal.js';
import { startersOf } from '../../src/identity/quorum.js';
import type { DecisionRequest, Principal } from '../../src/engine/state/messages.js';
import type { Identity, LocksRequest } from '../../src/protocol/locks.js';
import type { Doors } from '../../activities/identity/verify.js';
import type { Delegation } from '../../src/identity/delegation.js';
import type { Environment } from '../config/config.js';
import { doorsOf } from '../config/identity/doors.js';
import { directoryOf } from '../config/identity/directory.js';
import type { Authorisation, Authorising, Heard } from '../../src/protocol/decisions.js';
import { approvingAs } from './rights/approval.js';
import { deniedDecision, deniedLocksDecision } from './rights/decision.js';
import { saferOf } from '../../src/protocol/doors.js';
import { proveStopped } from './signed/stopped.js';
import { countsUntil, principalBy } from './signed/principal.js';
import { prove, type CameAt } from './signed/prove.js';

/** What makes things safer is never too late. */
const safer = saferOf('rollout');

/** What is asked of Temporal, and of the records, to find out who decided. */
export interface Lookups {
  /** What people have delegated through one of these doors, and not ended; nothing when the records do not answer. */
  readonly delegated: (doors: Doors) => Promise<readonly Delegation[]>;
  readonly cameAt: CameAt;
  /** By whom the environment is stopped now, and why. */
  readonly stoppedBy: () => Promise<{ readonly by: string; readonly reason: string } | undefined>;
}

/** Who somebody is as of now, with their groups; or why the decision cannot count. */
export async function authorise(
  environment: Environment,
  about: Omit<Authorising, 'requests'>,
  request: DecisionRequest & Heard,
  lookups: Lookups,
): Promise<Authorisation> {
  if (environment.kind !== 'shared') return byName(environment, request.by);
  const stopped = await proveStopped(environment, about.environment, request, lookups);
  // Whoever may stop the environment may pause what runs in it.
  if (stopped) {
    const stop = { type: 'stop', id: request.id, by: request.by, reason: '' } as const;
    return allowed(principalBy(environment, stopped), 'stop', (principal) =>
      deniedLocksDecision(environment, principal, stop),
    );
  }
  const { heardAt = Date.now(), ...asked } = request;
  const { environment: env, rollout = '', firstRun } = about;
  const bound = boundOfDecision({ env, rollout, ...(firstRun !== undefined && { firstRun }) }, asked);
  const proven = await prove({ ...asked, bound, heardAt }, doorsOf(environment), lookups.cameAt);
  if ('refused' in proven) return proven;
  // What is bound to no try of a step could be sent again for another.
  if (bound.epoch === undefined && !safer.has(asked.type) && proven.claims.seen === undefined)
    return { refused: 'its door has not signed what whoever decided had seen' };
  const known = atGates.has(asked.type) ? await withDelegated(environment, lookups) : environment;
  const found = allowed(principalBy(known, proven), asked.type, (principal) =>
    deniedDecision(environment, principal, asked, { rollout, ...(about.fromFile && { fromFile: true }) }),
  );
  return 'refused' in found ? found : { ...found, ...startersIn(environment, about) };
}

/** For whom somebody answers is asked at gates alone: nothing else waits for the records. */
const atGates: ReadonlySet<DecisionRequest['type']> = new Set(['approve', 'reject']);

/** The environment, with what its people have delegated through a door beside what its configuration says. */
async function withDelegated(environment: Environment, { delegated }: Lookups): Promise<Environment> {
  const { delegations = [] } = environment;
  const made = await delegated(doorsOf(environment));
  const all = [...delegations, ...made.map((one) => ({ ...one, gates: [...one.gates] }))];
  return { ...environment, delegations: all };
}

/** The people behind the start, as of now: a service is its owner, whoever that is today. */
function startersIn(environment: Environment, { startedBy, askedFor }: Omit<Authorising, 'requests'>) {
  if (startedBy === undefined) return {};
  const origin = { startedBy, ...(askedFor !== undefined && { askedFor }) };
  return { starters: startersOf(directoryOf(environment), origin) };
}

/** The same for decisions about the environment itself, with the groups that operate it. */
export async function identify(
  environment: Environment,
  name: string,
  by: string,
  request: (LocksRequest & Heard) | undefined,
  { cameAt }: Lookups,
): Promise<Identity> {
  const { operators = [] } = environment;
  if (environment.kind !== 'shared') {
    const found = byName(environment, by);
    return 'refused' in found ? found : { ...found, operators };
  }
  if (!request) return { refused: 'a build asks that knows nothing of signatures' };
  const { heardAt = Date.now(), ...asked } = request;
  const bound = boundOfLocksDecision(name, asked);
  const proven = await prove({ ...asked, bound, heardAt }, doorsOf(environment), cameAt);
  const found = allowed(principalBy(environment, proven), asked.type, (principal) =>
    deniedLocksDecision(environment, principal, asked),
  );
  if ('refused' in proven) return proven;
  if ('refused' in found) return found;
  return { principal: found.principal, operators, signedUntil: countsUntil(proven.claims) };
}

/** Of a gate the plan says who may answer it, beside the environment's policy; of all else the policy alone. */
function allowed(
  found: Authorisation,
  type: string,
  deniedTo: (principal: Principal) => string | undefined,
): Authorisation {
  if ('refused' in found) return found;
  const { principal } = found;
  if (type === 'approve') {
    const approving = approvingAs(principal, deniedTo);
    return 'refused' in approving ? approving : { ...found, ...approving };
  }
  const denied = deniedTo(principal);
  if (denied !== undefined) return { refused: denied };
  if (type === 'reject') return found;
  return { ...found, principal: { ...principal, allowed: true } };
}

/** Somebody whose start was admitted, as of now. */
export function knownAs(environment: Environment, name: string): Authorisation {
  if (environment.kind !== 'shared') return byName(environment, name);
  const entry = registeredAs(directoryOf(environment), name);
  return entry
    ? // What they may was looked at when it was admitted.
      { principal: { name, groups: entry.groups, allowed: true } }
    : { refused: `${name} is not known here any more` };
}

function byName(environment: Environment, name: string): Authorisation {
  const { principals } = directoryOf(environment);
  const entry = registeredAs({ principals }, name);
  if (entry)
    return { principal: { name, groups: entry.groups, via: 'cli', proof: 'name', submittedBy: name } };
  return {
    refused: `${name} is not known here; known: ${Object.keys(principals).join(', ') || 'nobody'}`,
  };
}
