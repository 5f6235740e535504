import { z } from 'zod';
import { endpoint } from '../endpoint.js';

export const health = endpoint({
  id: 'health',
  method: 'get',
  path: '/health',
  summary: 'Whether this process works; looks at nothing else',
  answer: {
    description: 'It does',
    schema: z.object({ status: z.literal('ok') }).meta({ id: 'Health' }),
  },
  async handle() {
    return { body: { status: 'ok' as const } };
  },
});
