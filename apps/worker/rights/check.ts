import type { Plan } from '../../../src/engine/plan/plan.js';
import { askedEver, type Asked } from '../../../src/engine/state/gate.js';
import { ableToApprove } from '../../../src/identity/quorum.js';
import { everyRunbook, has, type Policy } from '../../../src/identity/rights.js';
import type { CheckFinding } from '../../../src/protocol/check.js';
import type { Environment } from '../../config/environment.js';
import { policyOf } from '../../config/identity/policy-of.js';
import { missingGatesOf } from './start.js';

/** What a shared environment has against a plan: gates that it lacks, and gates that nobody could open. */
export function checkPolicy(environment: Environment, plan: Plan, fromFile?: true): CheckFinding[] {
  const policy = policyOf(environment);
  const runbook = fromFile ? everyRunbook : plan.runbook;
  const missing = missingGatesOf(environment, plan, fromFile).map((found) => fail('gates', found));
  const gates = askedEver(plan).flatMap((gate) => findingsOf(policy, runbook, gate));
  const found = [...ownerOf(policy, plan), ...missing, ...gates];
  const bad = found.filter(({ verdict }) => verdict === 'fail');
  if (bad.length > 0) return found;
  return [...found, { verdict: 'ok', about: 'people', found: 'whoever is asked is there, and may' }];
}

function ownerOf({ directory }: Policy, { owner }: Plan): CheckFinding[] {
  const known = Object.entries(directory.principals).some(
    ([name, { groups }]) => name === owner || groups.includes(owner),
  );
  return known ? [] : [fail('owner', `its owner ${owner} is neither a group with a member nor a principal`)];
}

function findingsOf(policy: Policy, runbook: string, gate: Asked): CheckFinding[] {
  const { step, by, quorum, fourEyes } = gate;
  const may = (name: string) => has(policy, name, 'approve', runbook);
  // Nobody has started it yet.
  const able = ableToApprove(policy.directory, { ...gate, fourEyes: false }, { startedBy: '' }, may);
  const who = able.join(', ') || 'nobody';
  if (able.length < quorum) {
    const why = `of ${by.join(', ')}, with the right to approve on ${runbook}`;
    return [fail(step, `${quorum} needed, ${able.length} can (${who}) ${why}`)];
  }
  if (!fourEyes || able.length > quorum) return [];
  const found = `${quorum} needed, and ${who} can: whoever of them starts it does not count`;
  return [{ verdict: 'warn', about: step, found }];
}

function fail(about: string, found: string): CheckFinding {
  return { verdict: 'fail', about, found };
}
