import { JsonFault, locateJson } from '../../activities/files/json-text.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { deepFreeze, type JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { validate } from '../../src/engine/plan/validate.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';

/**
 * The plan in a JSON text, as `switchback plan -o json` prints it, with or without its `digest`.
 *
 * @param file its name, for messages
 * @throws Refusal for what is not JSON (with the place), breaks a rule (with the step) or has another digest
 */
export function readPlanFile(file: string, text: string): LoadedPlan {
  const { digest: said, ...rest } = asObject(file, parse(file, text));
  const plan = validated(file, deepFreeze(rest));
  const digest = planDigest(plan);
  if (said === undefined || said === digest) return { plan, digest, fromFile: true };
  throw new Refusal(
    `plan ${file}`,
    `was changed after it was made: its digest is ${digest.slice(0, 12)}..., not ${JSON.stringify(said).slice(1, 13)}...`,
    'make it again from the runbook, or remove "digest" when the change is meant',
  );
}

function validated(file: string, value: unknown): Plan {
  try {
    return validate(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`plan ${file}: ${error.thing}`, error.rule, error.fix);
  }
}

function asObject(file: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Refusal(`plan ${file}`, 'is no JSON object', 'make it with: switchback plan <runbook> -o json');
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const rule = `is not JSON: ${placeOf(text) ?? (error instanceof Error ? error.message : String(error))}`;
    throw new Refusal(`plan ${file}`, rule, 'make it with: switchback plan <runbook> -o json');
  }
}

function placeOf(text: string): string | undefined {
  try {
    locateJson(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} has ${error.found}`;
  }
}

/** A plan and the digest that identifies it. */
export interface LoadedPlan {
  readonly plan: Plan;
  readonly digest: string;
  /** It came as JSON, and may call itself anything. */
  readonly fromFile?: true;
  /** The parameters that a runbook was given; absent for a plan that was read from a file. */
  readonly params?: JsonObject;
}
