import { attended } from './attention.js';
import { askOperator } from './operator.js';
import type { Target } from './plan.js';
import { keyOf, record, startedActs, type Run } from './run.js';

/**
 * Reads every touched target again and compares it with its capture. Answers the targets that are not as they were:
 * those for which an operator gave up.
 */
export async function verifyTargets(run: Run): Promise<Target[]> {
  const unverified: Target[] = [];
  for (const target of Object.keys(run.state.captures) as Target[]) {
    if (!(await verifyTarget(run, target))) unverified.push(target);
  }
  return unverified;
}

async function verifyTarget(run: Run, target: Target): Promise<boolean> {
  const { state, effects, plan } = run;
  const acts = startedActs(run).filter((act) => act.target === target);
  const first = acts[0];
  const capture = state.captures[target];
  if (!first || !capture) return true;
  for (;;) {
    const input = { acts, capture, key: keyOf(run, first.id) };
    const result = await attended(run, effects.perform('verify', input, plan.deadlines.undo));
    if (result.ok && result.value.verified) {
      record(run, 'verified', `${target}: ${result.value.reason}`, { evidence: result.value.evidence });
      return true;
    }
    const reason = result.ok ? result.value.reason : `it could not be read again: ${result.error}`;
    record(run, 'not-verified', `${target}: ${reason}`);
    const problem = `${target} is not as it was captured: ${reason}`;
    const {
      choice,
      by,
      reason: why,
    } = await askOperator(run, {
      step: first.id,
      problem,
      choices: ['retry', 'halt'],
    });
    if (choice === 'halt') {
      record(run, 'not-verified', `${target}: left as it is by ${by}: ${why}`, { by });
      return false;
    }
  }
}
