import { planDiff } from '../../../src/engine/plan/plan-diff.js';
import { diffAnswer, diffRequest } from '../../client/http/wire/plans.js';
import { partsOf } from '../../client/rollout-id.js';
import { Absent } from '../../client/refusals.js';
import { endpoint } from '../endpoint.js';
import { planOf } from '../plan-of.js';
import { requireRight } from '../require-right.js';

export const diffPlan = endpoint({
  id: 'diffPlan',
  method: 'post',
  path: '/v1/plans/diff',
  summary: 'How a listed runbook differs from what a rollout carries out',
  body: diffRequest,
  answer: { description: 'The differences, from the rollout to the runbook', schema: diffAnswer },
  problems: ['not-found', 'stale', 'refused'],
  async handle({ door, caller, body }) {
    const { against, ...named } = body;
    const parts = partsOf(against);
    if (parts?.environment !== door.environment) {
      throw new Absent(`rollout ${against}`, `is none of ${door.environment}`, 'give its whole id');
    }
    requireRight(door, caller, 'view', parts.runbook);
    const { plan, digest } = await planOf(door, caller, 'view', named);
    const { digest: before } = await door.client.status(against);
    const changes = planDiff(await door.client.plan(against), plan);
    return {
      body: { digest, against: { rollout: against, digest: before }, same: digest === before, changes },
    };
  },
});
