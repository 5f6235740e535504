import { attended } from './attention.js';
import { askOperator } from './operator.js';
import type { Target } from './plan.js';
import { keyOf, record, startedActs, type Run } from './run.js';
import type { Unwinding } from './state.js';
import { haltWhenAsked } from './take-back.js';

/**
 * Reads targets again and compares them with their captures. Answers those that are not as they were: for which an
 * operator gave up.
 */
export async function verifyTargets(
  run: Run,
  { verified }: Pick<Unwinding, 'verified'>,
  targets: readonly Target[],
): Promise<Target[]> {
  for (const target of targets) verified[target] ??= await verifyTarget(run, target);
  return targets.filter((target) => !verified[target]);
}

async function verifyTarget(run: Run, target: Target): Promise<boolean> {
  const { state, effects, plan } = run;
  const acts = startedActs(run).filter((act) => act.target === target);
  const first = acts[0];
  const capture = state.captures[target];
  if (!first || !capture) return true;
  const step = `verify/${target}`;
  for (;;) {
    let reason = '';
    if (state.stuck?.step !== step) {
      await haltWhenAsked(run, step);
      const input = { acts, capture, key: keyOf(run, first.id) };
      const result = await attended(run, effects.perform('verify', input, plan.deadlines.undo));
      if (result.ok && result.value.verified) {
        record(run, 'verified', `${target}: ${result.value.reason}`, { evidence: result.value.evidence });
        return true;
      }
      reason = result.ok ? result.value.reason : `it could not be read again: ${result.error}`;
      record(run, 'not-verified', `${target}: ${reason}`);
    }
    const problem = `${target} is not as it was captured: ${reason}`;
    const decided = await askOperator(run, { step, problem, choices: ['retry', 'halt'] });
    if (decided.choice === 'halt') {
      record(run, 'not-verified', `${target}: left as it is by ${decided.by}: ${decided.reason}`, {
        by: decided.by,
      });
      return false;
    }
  }
}
