import { buildList, buildRequest, currentBuild } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';

export const listBuilds = endpoint({
  id: 'listBuilds',
  method: 'get',
  path: '/v1/builds',
  summary: "The builds of the environment's workers, and which of them may go",
  answer: { description: 'The newest first', schema: buildList },
  async handle({ door: { client, environment } }) {
    const [everServed, workerSeenAt, builds] = await Promise.all([
      client.builds.everServed(environment),
      client.workerSeenAt(environment),
      client.builds.list(environment),
    ]);
    return { body: { environment, everServed, ...(workerSeenAt !== undefined && { workerSeenAt }), builds } };
  },
});

export const makeBuildCurrent = endpoint({
  id: 'makeBuildCurrent',
  method: 'post',
  path: '/v1/builds/current',
  summary: 'Lets new rollouts start on a build that has workers; moves no rollout',
  body: buildRequest,
  answer: { description: 'It is current', schema: currentBuild },
  problems: ['not-found', 'refused'],
  async handle({ door: { client, environment }, body: { build } }) {
    await client.builds.makeCurrent(environment, build);
    return { body: { environment, build } };
  },
});
