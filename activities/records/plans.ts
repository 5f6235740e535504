import type pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';

/** Plans by their digest, outside of workflow histories: a rescue finds the plan of a rollout here. */
export interface PlanStore {
  /** Throws `Refusal` when the digest is not the plan's. */
  put(digest: string, plan: Plan): Promise<void>;
  get(digest: string): Promise<Plan | undefined>;
}

/** Plans as rows. One that was changed is a `Refusal`. */
export function planStore(pool: pg.Pool): PlanStore {
  return {
    async put(digest, plan) {
      requireDigest(digest, plan, 'give the plan that was approved under it');
      await pool.query('INSERT INTO switchback.plans (digest, plan) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        digest,
        JSON.stringify(plan),
      ]);
    },

    async get(digest) {
      const { rows } = await pool.query<{ plan: Plan }>(
        'SELECT plan FROM switchback.plans WHERE digest = $1',
        [digest],
      );
      const plan = rows[0]?.plan;
      if (plan) requireDigest(digest, plan, 'put it back from a backup: it was changed after it was written');
      return plan;
    },
  };
}

function requireDigest(digest: string, plan: Plan, fix: string): void {
  const own = planDigest(plan);
  if (own !== digest) throw new Refusal(`plan ${digest}`, `has the digest ${own}`, fix);
}
