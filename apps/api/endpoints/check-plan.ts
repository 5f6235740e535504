import { checkAnswer, checkRequest } from '../../client/http/wire/plans.js';
import { endpoint } from '../endpoint.js';
import { givenPlan } from '../plan-of.js';

export const checkPlan = endpoint({
  id: 'checkPlan',
  method: 'post',
  path: '/v1/plans/check',
  summary:
    'What a preflight would find; starts nothing. A plan as JSON needs the right to start one from a file',
  body: checkRequest,
  answer: { description: 'What was found', schema: checkAnswer },
  problems: ['not-found', 'stale', 'refused'],
  async handle({ door, caller, body }) {
    const { plan, digest, fromFile } = await givenPlan(door, caller, 'view', body);
    const { environment, client } = door;
    const { format, findings } = await client.check({
      plan,
      digest,
      environment,
      ...(fromFile && { fromFile }),
    });
    return { body: { format, digest, findings } };
  },
});
