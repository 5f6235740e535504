import { checkAnswer, planRequest } from '../../client/http/wire/plans.js';
import { endpoint } from '../endpoint.js';
import { planOf } from '../plan-of.js';

export const checkPlan = endpoint({
  id: 'checkPlan',
  method: 'post',
  path: '/v1/plans/check',
  summary: 'What a preflight of a listed runbook would find; starts nothing',
  body: planRequest,
  answer: { description: 'What was found', schema: checkAnswer },
  problems: ['not-found', 'stale', 'refused'],
  async handle({ door, caller, body }) {
    const { plan, digest } = await planOf(door, caller, 'view', body);
    const { environment, client } = door;
    const { format, findings } = await client.check({ plan, digest, environment });
    return { body: { format, digest, findings } };
  },
});
