import { warningsOf } from '../../../src/engine/plan/warnings.js';
import { planAnswer, planRequest } from '../../client/http/wire/plans.js';
import { endpoint } from '../endpoint.js';
import { asJson, planOf } from '../plan-of.js';

export const evaluatePlan = endpoint({
  id: 'evaluatePlan',
  method: 'post',
  path: '/v1/plans/evaluate',
  summary: 'What a listed runbook would do with parameters; changes nothing',
  body: planRequest,
  answer: { description: 'Its plan', schema: planAnswer },
  problems: ['not-found', 'stale'],
  async handle({ door, caller, body }) {
    const { plan, digest } = await planOf(door, caller, 'view', body);
    return { body: { plan: asJson(plan), digest, warnings: warningsOf(plan) } };
  },
});
