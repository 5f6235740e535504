import { z } from 'zod';
import { at } from '../../client/http/wire/common.js';
import { endpoint } from '../endpoint.js';

export const ready = endpoint({
  id: 'ready',
  method: 'get',
  path: '/ready',
  summary: 'Whether requests can be carried out: Temporal answers, and a worker runs',
  answer: {
    description: 'They can',
    schema: z
      .object({
        status: z.literal('ready'),
        worker: z.boolean(),
        olderConfigurationSince: at.exactOptional(),
      })
      .meta({ id: 'Ready' }),
  },
  problems: ['unreachable'],
  async handle({ door }) {
    const seenAt = await door.client.workerSeenAt(door.environment);
    const { stale } = door.policy.last;
    return {
      body: {
        status: 'ready' as const,
        worker: seenAt !== undefined,
        ...(stale && { olderConfigurationSince: stale.since }),
      },
    };
  },
});
