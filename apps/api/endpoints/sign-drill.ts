import { pointsAsked } from '../../../src/drill/points-asked.js';
import { pointName } from '../../../src/drill/points.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { signDrillRequest, signedDrill } from '../../client/http/wire/drills.js';
import { endpoint } from '../endpoint.js';
import { planOf } from '../plan-of.js';
import { ProblemError } from '../problems/catalogue.js';
import { problemOf } from '../problems/of-error.js';

export const signDrill = endpoint({
  id: 'signDrill',
  method: 'post',
  path: '/v1/drills/signature',
  summary:
    'Vouches for who wants a drill of a listed runbook: only such drills open a gate of this environment',
  body: signDrillRequest,
  answer: { description: 'What the drill is to be started with', schema: signedDrill },
  problems: ['not-found', 'stale', 'refused'],
  async handle({ door, caller, body }) {
    const { plan, digest } = await planOf(door, caller, 'drill', body);
    const { environment, timeScale } = body;
    const said = {
      environment,
      runbook: plan.runbook,
      digest,
      startedBy: caller.name,
      timeScale,
      points: namesOf(plan, body.points),
    };
    if (!door.signer) {
      const why = 'is local, and believes a drill whoever started it';
      throw new ProblemError(
        'refused',
        `environment ${door.environment}`,
        why,
        'start the drill without --server',
      );
    }
    return { body: { ...said, signed: await door.signer.drill(caller, said) } };
  },
});

/** All of them when nobody names any: what is signed says each. */
function namesOf(plan: Plan, points: readonly string[] | undefined): string[] {
  try {
    return pointsAsked(plan, points).map(pointName);
  } catch (error) {
    throw isRefusal(error) ? problemOf(error, 'unprocessable') : error;
  }
}
