import { proxyActivities } from '@temporalio/workflow';
import { actsOf, type Act, type Plan } from '../../src/engine/plan/plan.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { validate } from '../../src/engine/plan/validate.js';
import { warningsOf } from '../../src/engine/plan/warnings.js';
import { warningsFrom } from '../../src/engine/state/checked.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import { thisRun } from '../sdk/run.js';
import type { CheckActivities, CheckFinding, CheckInput, CheckResult } from '../../src/protocol/check.js';

interface Verb {
  check(input: Verbs['check']['in']): Promise<Verbs['check']['out']>;
}

/** Whoever asked sits there and waits. */
const {
  check: checkAct,
  checkPeople,
  checkGuards,
} = proxyActivities<Verb & CheckActivities>({
  scheduleToCloseTimeout: '45s',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

/**
 * Looks at what a rollout's preflight would look at, all at once: whether every act fits the environment, what every
 * guard says now, and whether the people who are asked exist. It asks for no lock and changes nothing.
 */
export async function check({ plan, digest, fromFile }: CheckInput): Promise<CheckResult> {
  const unfit = faultOf(plan, digest);
  if (unfit) return { format: 1, findings: [unfit] };
  const looks = [
    ...actsOf(plan).map((act) => lookAtAct(act, actsOf(plan))),
    checkGuards({ plan }).catch(couldNotLook('guards')),
    checkPeople({ plan, ...(fromFile && { fromFile }) }).catch(couldNotLook('people')),
  ];
  const findings = (await Promise.all(looks)).flat();
  const warnings = warningsOf(plan).map((found): CheckFinding => ({ verdict: 'warn', about: 'plan', found }));
  return { format: 1, findings: [...findings, ...warnings] };
}

function faultOf(plan: Plan, digest: string): CheckFinding | undefined {
  try {
    validate(plan);
  } catch (error) {
    return { verdict: 'fail', about: 'plan', found: messageOf(error) };
  }
  if (planDigest(plan) === digest) return undefined;
  return { verdict: 'fail', about: 'plan', found: `its digest is ${planDigest(plan)}, not ${digest}` };
}

async function lookAtAct(act: Act, all: readonly Act[]): Promise<readonly CheckFinding[]> {
  const key = { rollout: thisRun().workflowId, step: act.id, epoch: 0 };
  const acts = all.filter(({ target }) => target === act.target);
  return checkAct({ act, key, acts }).then(
    (checked) => [
      { verdict: 'ok', about: act.id, found: 'it fits the environment' },
      ...warningsFrom(checked).map((found): CheckFinding => ({ verdict: 'warn', about: act.id, found })),
    ],
    couldNotLook(act.id),
  );
}

function couldNotLook(about: string): (error: unknown) => readonly CheckFinding[] {
  return (error) => [{ verdict: 'fail', about, found: messageOf(error) }];
}

/** An activity's failure says why in its cause. */
function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
