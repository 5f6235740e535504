import { join } from 'node:path';
import { planDigest } from '../../src/engine/digest.js';
import { Refusal } from '../../src/engine/errors.js';
import type { Plan } from '../../src/engine/plan.js';
import { createFile, damaged, readRecord } from './files.js';

/** Plans by their digest, outside of workflow histories: a rescue finds the plan of a rollout here. */
export interface PlanStore {
  /** Throws `Refusal` when the digest is not the plan's. */
  put(digest: string, plan: Plan): Promise<void>;
  get(digest: string): Promise<Plan | undefined>;
}

/** Plans as files in `directory`. One that was changed is a `Refusal`. */
export function createPlanStore(directory: string): PlanStore {
  const fileOf = (digest: string) => {
    if (/^[0-9a-f]{64}$/.test(digest)) return join(directory, `${digest}.json`);
    throw new Refusal(`plan ${JSON.stringify(digest)}`, 'is not a digest', 'give all 64 hexadecimal digits');
  };

  return {
    async put(digest, plan) {
      const file = fileOf(digest);
      const own = planDigest(plan);
      if (own !== digest) {
        throw new Refusal(
          `plan ${digest}`,
          `has the digest ${own}`,
          'give the plan that was approved under it',
        );
      }
      await createFile(file, `${JSON.stringify(plan)}\n`);
    },

    async get(digest) {
      const file = fileOf(digest);
      const plan = (await readRecord(file)) as Plan | undefined;
      if (plan !== undefined && planDigest(plan) !== digest)
        throw damaged(file, 'has another digest than its name');
      return plan;
    },
  };
}
