import type { JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { Right } from '../../src/identity/index.js';
import { isRefusal } from '../../src/engine/base/errors.js';
import { readPlanFile, type LoadedPlan } from '../config/plan-file.js';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { ProblemError } from './problems/catalogue.js';
import { problemOf } from './problems/of-error.js';
import { requireRight, requireTargets } from './require-right.js';

/** A listed runbook with parameters, as it is sent. */
interface Named {
  readonly runbook: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly digest?: string;
}

/**
 * The plan of a listed runbook, made here: the digest that came with it says which plan whoever asks has seen, and
 * another one is refused.
 */
export async function planOf(
  door: Door,
  caller: Caller,
  right: Right,
  { runbook, params, digest }: Named,
): Promise<LoadedPlan> {
  requireRight(door, caller, right, runbook);
  const loaded = await door.runbooks.evaluate(runbook, params as JsonObject).catch((error: unknown) => {
    throw isRefusal(error) ? problemOf(error, 'unprocessable') : error;
  });
  if (digest === undefined || digest === loaded.digest) return loaded;
  const why = `is not the one that this door makes, which is ${loaded.digest.slice(0, 12)}...`;
  const fix = 'bring your runbook and the one that the door lists to the same version';
  throw new ProblemError('stale', `digest ${digest.slice(0, 12)}...`, why, fix);
}

/** A plan that was made elsewhere, as it is sent. */
interface Sent {
  readonly plan: Readonly<Record<string, unknown>>;
  readonly digest?: string;
}

/**
 * The plan that somebody means: of a listed runbook, with the right that is asked for on it, or one that was made
 * elsewhere, with that of starting it from a file for every target in its scope.
 */
export async function givenPlan(
  door: Door,
  caller: Caller,
  right: Right,
  given: Named | Sent,
): Promise<LoadedPlan> {
  if ('runbook' in given) return planOf(door, caller, right, given);
  const { plan, digest } = given;
  requireRight(door, caller, 'start-from-file');
  try {
    const text = JSON.stringify({ ...plan, ...(digest !== undefined && { digest }) });
    const loaded = readPlanFile('of the request', text);
    requireTargets(door, caller, loaded.plan.scope);
    return loaded;
  } catch (error) {
    throw isRefusal(error) ? problemOf(error, 'unprocessable') : error;
  }
}

/** A plan as JSON that is sent. */
export function asJson(plan: Plan) {
  return plan as unknown as Record<string, unknown> & {
    format: 1;
    runbook: string;
    owner: string;
    params: Record<string, unknown>;
    phases: Record<string, unknown>;
  };
}
