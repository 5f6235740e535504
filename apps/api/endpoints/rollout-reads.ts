import { liveView, attempt } from '../../client/http/wire/reading.js';
import { plan as planSchema } from '../../client/http/wire/plans.js';
import { description } from '../../client/http/wire/rollouts.js';
import { z } from 'zod';
import { endpoint } from '../endpoint.js';
import { asJson } from '../plan-of.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';

const problems = ['not-found', 'refused'] as const;

export const describeRollout = endpoint({
  id: 'describeRollout',
  method: 'get',
  path: rolloutPath,
  summary: 'A rollout as Temporal knows it: also without a worker',
  params,
  answer: { description: 'Its line of the list, and how long its history is', schema: description },
  problems,
  async handle({ door, params }) {
    // Whoever knows a rollout's first run can speak for it: to look at one is no right to.
    const { runId: _1, firstRun: _2, ...told } = await door.client.describe(idOf(door, params));
    return { body: told };
  },
});

export const rolloutPlan = endpoint({
  id: 'rolloutPlan',
  method: 'get',
  path: `${rolloutPath}/plan`,
  summary: 'The plan that a rollout carries out',
  params,
  answer: { description: 'The plan', schema: planSchema },
  problems,
  async handle({ door, params }) {
    return { body: asJson(await door.client.plan(idOf(door, params))) };
  },
});

export const rolloutReadings = endpoint({
  id: 'rolloutReadings',
  method: 'get',
  path: `${rolloutPath}/readings`,
  summary: 'Guards and exposed targets as the sentinel sees them now',
  params,
  answer: { description: 'Empty while nobody watches', schema: liveView },
  problems,
  async handle({ door, params }) {
    const seen = await door.client.readings(await knownId(door, params));
    return { body: seen ?? { readings: [], looks: [] } };
  },
});

export const rolloutAttempts = endpoint({
  id: 'rolloutAttempts',
  method: 'get',
  path: `${rolloutPath}/attempts`,
  summary: 'What failed and is tried again',
  params,
  answer: {
    description: 'Empty when nothing is',
    schema: z.object({ attempts: z.array(attempt).readonly() }).meta({ id: 'AttemptList' }),
  },
  problems,
  async handle({ door, params }) {
    return { body: { attempts: await door.client.attempts(await knownId(door, params)) } };
  },
});

/** What never throws says nothing of a rollout that does not exist. */
async function knownId(
  door: Parameters<typeof idOf>[0] & { readonly client: { describe(id: string): Promise<unknown> } },
  given: Parameters<typeof idOf>[1],
): Promise<string> {
  const id = idOf(door, given);
  await door.client.describe(id);
  return id;
}
