import { z } from 'zod';
import { withLive } from '../../client/client.js';
import { report } from '../../client/http/wire/report.js';
import { endpoint } from '../endpoint.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';
import { tagOf } from '../tag.js';

export const rolloutStatus = endpoint({
  id: 'rolloutStatus',
  method: 'get',
  path: `${rolloutPath}/status`,
  summary: 'Where a rollout stands; its ETag is what a decision has to name',
  params,
  answer: {
    description: 'As the rollout says itself, with what the sentinel sees now',
    schema: report,
    headers: z.object({
      etag: z.string().meta({ description: 'What is open: give it as If-Match with a decision about it.' }),
    }),
  },
  problems: ['not-found', 'refused'],
  async handle({ door: { client, ...door }, params }) {
    const rollout = idOf(door, params);
    const reported = await client.status(rollout);
    const [live, attempts] = await Promise.all([client.readings(rollout), client.attempts(rollout)]);
    const body = { ...withLive(reported, live), ...(attempts.length > 0 && { attempts }) };
    return { body, headers: { etag: tagOf(reported) } };
  },
});
