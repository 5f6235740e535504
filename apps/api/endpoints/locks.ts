import { locksReport } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';

export const readLocks = endpoint({
  id: 'readLocks',
  method: 'get',
  path: '/v1/locks',
  summary: 'Who holds which targets, who waits in which order, and whether the environment is stopped',
  answer: { description: 'As of now', schema: locksReport },
  async handle({ door }) {
    return { body: await door.client.locks.read(door.environment) };
  },
});
