import { repaired, repairRequest } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';

export const repair = endpoint({
  id: 'repair',
  method: 'post',
  path: '/v1/repairs',
  summary: 'Brings the locks or the sentinel back, with what they knew, when they are broken',
  body: repairRequest,
  answer: { description: 'What became of it', schema: repaired },
  problems: ['refused'],
  async handle({ door: { client, environment }, body: { what } }) {
    return { body: await client.repairs.repair(what, environment) };
  },
});
