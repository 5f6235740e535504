import { openPool } from '../../../activities/records/database.js';
import { drillStore } from '../../../activities/records/drills.js';
import type { Ground } from '../../../src/drill/ground.js';
import { proofOf } from '../../../src/drill/proof.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import type { Window } from '../../../src/engine/state/values.js';
import { drillPolicyOf, proversOf } from '../../config/drill-policy.js';
import { readConfiguration, type Environment } from '../../config/config.js';

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
      const records = await drillStore(pool).list(plan.runbook);
      const proof = proofOf(plan, records, policy, at, await groundOf?.(plan));
      return proof.proven
        ? { open: true, proof }
        : { open: false, reason: proof.reason, undrilled: true, proof };
    } finally {
      await pool.end();
    }
  } catch (error) {
    // One that was edited, or is not there: trying again soon does not help. Whatever else may pass by itself.
    if (!isRefusal(error)) throw error;
    return { open: false, reason: error.message, unreadable: true };
  }
}
