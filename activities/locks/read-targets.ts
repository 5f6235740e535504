import type { Client } from '@temporalio/client';
import { isRefusal } from '../../src/engine/base/errors.js';
import type { Work } from '../../src/protocol/adapter.js';
import type { LocksActivities, TargetReading } from '../../src/protocol/locks.js';
import { actsOf, stepsOf, type Act, type Plan, type Target } from '../../src/engine/plan/plan.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import type { Records } from '../records/records.js';
import { journalOf } from '../temporal/running.js';
import type { Capture } from '../../src/engine/state/values.js';

/** What reading the targets of an orphan works with. */
export interface ReadingTools {
  readonly client: Client;
  readonly records: Pick<Records, 'captures' | 'plans'>;
  /** The verb of the adapters: throws a `Refusal` for what trying again cannot fix. */
  verify(input: Verbs['verify']['in'], work: Work): Promise<Verbs['verify']['out']>;
}

type Given = Parameters<LocksActivities['readTargets']>[0];

/**
 * Reads what an orphan touched and compares it with its captures. What it exposed comes first, and unless `all` are
 * asked for, the first that differs is the last: verifying a table ends the tracking that a rescue would need.
 */
export async function readTargets(tools: ReadingTools, given: Given, work: Work): Promise<TargetReading[]> {
  const { rollout, reverts, digest, all } = given;
  const plan = digest === undefined ? undefined : await tools.records.plans.get(digest);
  const captures = await tools.records.captures.list(reverts ?? rollout);
  const missing = plan ? await uncaptured(tools.client, plan, given, captures) : [];
  const readings = missing.map((target) => unread(target, 'its capture is not in the records'));
  for (const capture of plan ? exposedFirst(plan, captures) : captures) {
    if (!all && readings.some(({ asCaptured }) => !asCaptured)) break;
    readings.push(await readTarget(tools, plan, capture, given, work));
  }
  return readings;
}

async function readTarget(
  { verify }: ReadingTools,
  plan: Plan | undefined,
  capture: Capture,
  { rollout, reverts, reading }: Given,
  work: Work,
): Promise<TargetReading> {
  const { target } = capture;
  const acts = plan ? actsOn(plan, target) : [];
  if (acts.length === 0) return unread(target, 'its plan is not in the records');
  // A key of its own: an adapter that keeps its verdicts must not keep this one for a rescue.
  const key = { rollout: reverts ?? rollout, step: `take-over/${reading}`, epoch: 0 };
  try {
    const { verified, reason, evidence } = await verify({ acts, capture, key }, work);
    return { target, asCaptured: verified, reason, evidence };
  } catch (error) {
    // What cannot be read now may be read later; what can never be read is not as it was.
    if (!isRefusal(error)) throw error;
    return unread(target, error.message);
  }
}

/** Targets that were captured, as history says, and whose captures are gone. */
async function uncaptured(
  client: Client,
  plan: Plan,
  { rollout, reverts }: Given,
  captures: readonly Capture[],
): Promise<Target[]> {
  const known = new Set(captures.map(({ target }) => target));
  if (reverts !== undefined) return known.size > 0 ? [] : [...plan.scope];
  const steps = (await journalOf(client, rollout)).flatMap(({ type, step }) =>
    type === 'captured' && step !== undefined ? [step] : [],
  );
  const targets = stepsOf(plan).flatMap(({ step }) =>
    step.type === 'act' && steps.includes(step.id) ? [step.target] : [],
  );
  return [...new Set(targets)].filter((target) => !known.has(target));
}

function exposedFirst(plan: Plan, captures: readonly Capture[]): Capture[] {
  const exposes = ({ target }: Capture) => actsOn(plan, target).some(({ exposure }) => exposure);
  return [...captures.filter(exposes), ...captures.filter((capture) => !exposes(capture))];
}

function actsOn(plan: Plan, target: Target): Act[] {
  return actsOf(plan).filter((act) => act.target === target);
}

function unread(target: Target, reason: string): TargetReading {
  return { target, asCaptured: false, reason: `it could not be compared: ${reason}`, evidence: {} };
}
