import { signIn as schema } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';
import { signInPlacesOf } from '../sign-in-places.js';

export const signIn = endpoint({
  id: 'signIn',
  method: 'get',
  path: '/v1/sign-in',
  summary: 'Where people sign in with the device flow (RFC 8628), and with which application',
  answer: { description: 'Empty where nobody can', schema },
  async handle({ door }) {
    return { body: { environment: door.environment, issuers: signInPlacesOf(door.policy.last.environment) } };
  },
});
