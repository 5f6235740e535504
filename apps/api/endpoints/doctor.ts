import { doctorReport } from '../../client/http/wire/environment.js';
import { endpoint } from '../endpoint.js';

export const doctor = endpoint({
  id: 'doctor',
  method: 'get',
  path: '/v1/doctor',
  summary: 'Looks at everything that the environment rests on; changes nothing',
  answer: { description: 'What was found', schema: doctorReport },
  async handle({ door: { client, environment, config } }) {
    return { body: { environment, checks: await client.examine(environment, config) } };
  },
});
