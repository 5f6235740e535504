import { buildRequest, moved } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';

export const moveRollout = endpoint({
  id: 'moveRollout',
  method: 'post',
  path: `${rolloutPath}/move`,
  summary: 'Lets a running rollout go on with the workers of another build',
  params,
  body: buildRequest,
  answer: { description: 'From its next task on', schema: moved },
  problems: ['not-found', 'refused'],
  async handle({ door, params, body: { build } }) {
    return { body: await door.client.builds.move(idOf(door, params), build) };
  },
});
