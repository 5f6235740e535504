import type { DecisionRequest, Principal } from '../../../src/engine/state/messages.js';
import { neededFor, neededForLocks, type Needed } from '../../../src/identity/needed.js';
import { registeredAs } from '../../../src/identity/principal.js';
import { denied, everyRunbook, has, hasOnAny, type Policy } from '../../../src/identity/rights.js';
import { isStrongEnough } from '../../../src/identity/strength.js';
import type { LocksRequest } from '../../../src/protocol/locks.js';
import { partsOf } from '../../../src/protocol/rollout-id.js';
import type { Environment } from '../../config/environment.js';
import { policyOf } from '../../config/identity/policy-of.js';

/** The rollout that a decision is about. */
export interface About {
  readonly rollout: string;
  /** Its plan came from a file: what it calls itself says nothing. */
  readonly fromFile?: true;
}

/** Why somebody may not decide this about a rollout of a shared environment, as of now; undefined when they may. */
export function deniedDecision(
  environment: Environment,
  who: Principal,
  request: DecisionRequest,
  about: About,
): string | undefined {
  return deniedNeed(environment, who, neededFor(request), runbookOf(about));
}

/** Why somebody may not decide this about the locks of a shared environment, as of now; undefined when they may. */
export function deniedLocksDecision(
  environment: Environment,
  who: Principal,
  request: LocksRequest,
): string | undefined {
  const { directory } = policyOf(environment);
  if (request.type === 'delegate' && !registeredAs(directory, request.to))
    return `${request.to} is not known here: name a principal of the configuration`;
  const runbook = request.type === 'take-over' ? runbookOf(request) : undefined;
  return deniedNeed(environment, who, neededForLocks(request), runbook);
}

/** By the id under which it runs, which was admitted by its runbook; undefined where that says nothing. */
function runbookOf({ rollout, fromFile }: About): string | undefined {
  return fromFile ? undefined : partsOf(rollout)?.runbook;
}

function deniedNeed(
  environment: Environment,
  { name, proof = 'name' }: Principal,
  { right, on, token }: Needed,
  runbook: string | undefined,
): string | undefined {
  const policy = policyOf(environment);
  const { kind = 'service' } = registeredAs(policy.directory, name) ?? {};
  if (token && !isStrongEnough(proof, kind, 'token'))
    return `it needs a token or a sign-in of a person's own, and ${name} showed ${proof}`;
  const place = { on, ...(runbook !== undefined && { runbook }) };
  if (right.some((one) => isAllowed(policy, name, one, place))) return undefined;
  return denied(policy, name, right[0]!, runbook ?? everyRunbook) ?? `${name} has no right to ${right[0]}`;
}

interface Place {
  readonly on: Needed['on'];
  readonly runbook?: string;
}

function isAllowed(policy: Policy, name: string, right: Needed['right'][number], place: Place): boolean {
  const { on, runbook = everyRunbook } = place;
  // Going back must not be hard: whoever brakes anywhere may brake what nobody can name.
  if (on === 'any' || (right === 'brake' && runbook === everyRunbook)) return hasOnAny(policy, name, right);
  return has(policy, name, right, on === 'all' ? everyRunbook : runbook);
}
