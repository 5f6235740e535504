import { openPool } from '../../../activities/records/database.js';
import { drillStore } from '../../../activities/records/drills.js';
import type { Ground } from '../../../src/drill/ground.js';
import { proofOf } from '../../../src/drill/proof.js';
import type { DrillRecord } from '../../../src/drill/record.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import type { Window } from '../../../src/engine/state/values.js';
import { drillPolicyOf, proversOf } from '../../config/drill-policy.js';
import { readConfiguration, type Environment } from '../../config/config.js';
import { failuresOf, vouchingFault } from './vouched.js';

/**
 * Whether drills have proven of a plan what its environment asks for. Their records are those of the drill environment, as
 * the same configuration file names it. What cannot be read proves nothing.
 *
 * @param config path of the configuration file
 * @param groundOf what the plan is carried out on
 */
export async function proofWindow(
  environment: Environment,
  config: string,
  plan: Plan,
  at: number,
  groundOf?: (plan: Plan) => Promise<Ground>,
): Promise<Window> {
  const asked = drillPolicyOf(environment);
  // It was taken out since the rollout began.
  if (!asked) return { open: true };
  try {
    const { policy, records: url } = proversOf(await readConfiguration(config), asked);
    const pool = openPool(url, 1);
    try {
      const { counting, ignored } = await believed(environment, await drillStore(pool).list(plan.runbook));
      const file = environment.runbooks?.[plan.runbook];
      const here = { ...policy, ...(file !== undefined && { file }) };
      const proof = proofOf(plan, counting, here, at, await groundOf?.(plan));
      if (proof.proven) return { open: true, proof };
      const reason = ignored === undefined ? proof.reason : `${proof.reason}; ${ignored}`;
      return { open: false, reason, undrilled: true, proof: { ...proof, reason } };
    } finally {
      await pool.end();
    }
  } catch (error) {
    // One that was edited, or is not there: trying again soon does not help. Whatever else may pass by itself.
    if (!isRefusal(error)) throw error;
    return { open: false, reason: error.message, unreadable: true };
  }
}

/** What counts of each record; and why the newest of those does not of which nothing that passed counts. */
async function believed(
  environment: Environment,
  records: readonly DrillRecord[],
): Promise<{ readonly counting: readonly DrillRecord[]; readonly ignored?: string }> {
  const faults = await Promise.all(records.map((record) => vouchingFault(environment, record)));
  const counting = records.map((record, index) =>
    faults[index] === undefined ? record : failuresOf(record),
  );
  const unbelieved = records.flatMap((record, index) => {
    const fault = faults[index];
    return fault === undefined ? [] : [{ fault, record }];
  });
  const [newest] = unbelieved.sort((a, b) => b.record.endedAt - a.record.endedAt);
  return { counting, ...(newest && { ignored: `${newest.record.drill} does not count: ${newest.fault}` }) };
}
