import { attended } from '../listen/attention.js';
import { noteSettled, noteStranger, writeBack, type WayBack } from './contested.js';
import { exposingActs } from '../state/exposed.js';
import { forgetLook } from '../listen/looks.js';
import { askOperator } from '../listen/operator.js';
import type { Act, Target } from '../plan/plan.js';
import type { Result } from '../state/ports.js';
import { keyOf, notify, record, startedActs, type Run } from '../state/run.js';
import { haltWhenAsked } from './halt-asked.js';
import type { Verification } from '../state/values.js';

/**
 * Reads targets again and compares them with their captures. Answers those that are not as they were: for which an
 * operator gave up.
 */
export async function verifyTargets(run: Run, way: WayBack, targets: readonly Target[]): Promise<Target[]> {
  for (const target of targets) way.verified[target] ??= await verifyTarget(run, way, target);
  return targets.filter((target) => !way.verified[target]);
}

/** Reads a target and compares it with its capture; undefined when this rollout has not touched it. */
export async function readTarget(run: Run, target: Target): Promise<Result<Verification> | undefined> {
  const { state, effects, plan } = run;
  const acts = touching(run, target);
  const [first] = acts;
  const capture = state.captures[target];
  if (!first || !capture) return undefined;
  const input = { acts, capture, key: keyOf(run, first.id) };
  const result = await attended(run, effects.perform('verify', input, plan.deadlines.undo));
  if (isVerified(result) && acts.some(({ exposure }) => exposure)) {
    forgetLook(run, target);
    state.exposureReadAt = effects.now();
  }
  return result;
}

/** Whether a target was read, and is as it was captured. */
export function isVerified(result: Result<Verification>): boolean {
  return result.ok && result.value.verified;
}

async function verifyTarget(run: Run, way: WayBack, target: Target): Promise<boolean> {
  const { state } = run;
  const step = `verify/${target}`;
  const exposing = exposingActs(run).find((act) => act.target === target);
  for (;;) {
    let reason = '';
    if (state.stuck?.step !== step) {
      await haltWhenAsked(run, step);
      const result = await readTarget(run, target);
      if (result === undefined) return true;
      if (result.ok && result.value.verified) {
        const { reason: found, evidence, toTell } = result.value;
        record(run, 'verified', `${target}: ${found}`, { evidence });
        if (toTell !== undefined) notify(run, 'incident', `${target}: ${toTell}`);
        return true;
      }
      reason = faultOf(result);
      record(run, 'not-verified', `${target}: ${reason}`);
      const drift = result.ok ? result.value.drift : undefined;
      if (exposing && drift) {
        noteStranger(run, way);
        const resists = await writeBack(run, way, exposing, drift);
        if (resists === undefined) continue;
        reason = resists;
      }
    }
    const problem = `${target} is not as it was captured: ${reason}`;
    const decided = await askOperator(run, { step, problem, choices: ['retry', 'halt'] });
    if (decided.choice === 'halt') {
      record(run, 'not-verified', `${target}: left as it is by ${decided.by}: ${decided.reason}`, {
        by: decided.by,
      });
      return false;
    }
    noteSettled(way);
  }
}

function touching(run: Run, target: Target): Act[] {
  const acts = [...startedActs(run), ...exposingActs(run)].filter((act) => act.target === target);
  return [...new Set(acts)];
}

function faultOf(result: Result<Verification>): string {
  return result.ok ? result.value.reason : `it could not be read again: ${result.error}`;
}
