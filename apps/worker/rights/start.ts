import type { Plan } from '../../../src/engine/plan/plan.js';
import type { Reverts } from '../../../src/engine/state/reverts.js';
import { leastGatesOf, missingGates } from '../../../src/identity/least-gates.js';
import { registeredAs, type Directory } from '../../../src/identity/principal.js';
import { denied, everyRunbook, targetsDenied } from '../../../src/identity/rights.js';
import { partsOf } from '../../../src/protocol/rollout-id.js';
import type { Environment } from '../../config/environment.js';
import { policyOf } from '../../config/identity/policy-of.js';

/** Who starts something, and under which id. */
export interface Starter {
  readonly rollout: string;
  readonly startedBy: string;
  readonly askedFor?: string;
}

/** What is started. */
export type Started = { readonly plan: Plan; readonly fromFile?: true } | { readonly reverts: Reverts };

/** Why somebody may not start this in a shared environment, as of now; undefined when they may. */
export function deniedStart(environment: Environment, starter: Starter, what: Started): string | undefined {
  if ('reverts' in what) return deniedTakeBack(environment, starter, what.reverts);
  return (
    deniedBehind(policyOf(environment).directory, starter) ??
    deniedPlan(environment, starter, what.plan, what.fromFile) ??
    missingGatesOf(environment, what.plan, what.fromFile)[0]
  );
}

/** What a plan lacks of the gates that its environment asks for, each in one sentence. None in a local environment. */
export function missingGatesOf(environment: Environment, plan: Plan, fromFile?: true): readonly string[] {
  const gates = environment.policy?.gates ?? [];
  return missingGates(plan, leastGatesOf(gates, plan.runbook, fromFile === true));
}

function deniedTakeBack(
  environment: Environment,
  starter: Starter,
  { rollout, by }: Reverts,
): string | undefined {
  const { startedBy } = starter;
  // What was signed has one name: another beside it would lend its rights.
  if (startedBy !== by) return `it is started by ${startedBy}, and ${by} takes it back`;
  const runbook = partsOf(rollout)?.runbook ?? everyRunbook;
  const policy = policyOf(environment);
  return deniedBehind(policy.directory, starter) ?? denied(policy, startedBy, 'revert', runbook);
}

/** Four eyes look at whoever stands behind the start: a program that names nobody would make everybody a second pair. */
function deniedBehind(directory: Directory, { startedBy, askedFor }: Starter): string | undefined {
  if (askedFor !== undefined && registeredAs(directory, askedFor)?.kind !== 'person') {
    return `${askedFor}, for whom it is started, is no person that this environment knows`;
  }
  if (registeredAs(directory, startedBy)?.kind !== 'service' || askedFor !== undefined) return undefined;
  return `${startedBy} is a service: it has to say which person asked for it`;
}

function deniedPlan(
  environment: Environment,
  { rollout, startedBy }: Starter,
  { runbook, scope }: Plan,
  fromFile?: true,
): string | undefined {
  const policy = policyOf(environment);
  if (fromFile) {
    const targets = targetsDenied(policy, startedBy, scope);
    if (targets.length === 0) return undefined;
    return `${startedBy} has no right to start a plan from a file on ${targets.join(', ')}`;
  }
  // Rights of later decisions go by the id.
  if (partsOf(rollout)?.runbook !== runbook) return `its id is not one of runbook ${runbook}`;
  return denied(policy, startedBy, 'start', runbook);
}
