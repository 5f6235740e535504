import { locksPaths } from '../../client/http/locks-paths.js';
import { delegationList } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';

export const listDelegations = endpoint({
  id: 'listDelegations',
  method: 'get',
  path: locksPaths.delegate,
  summary: 'Who answers gates for whom: what the configuration says, and what people made through a door',
  answer: { description: 'Those that are not over', schema: delegationList },
  async handle({ door }) {
    const delegations = await door.delegations.standing();
    return { body: { environment: door.environment, delegations } };
  },
});
