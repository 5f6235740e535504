import { whoami as schema } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';

export const whoami = endpoint({
  id: 'whoami',
  method: 'get',
  path: '/v1/whoami',
  summary: 'Who asks, and by which proof',
  answer: { description: 'As the configuration says now', schema },
  async handle({ door: { environment }, caller }) {
    const { name, kind, groups, proof, scopes, expires } = caller;
    const body = {
      name,
      kind,
      groups,
      proof,
      environment,
      ...(scopes && { scopes }),
      ...(expires !== undefined && { expires: new Date(expires).toISOString() }),
    };
    return { body };
  },
});
