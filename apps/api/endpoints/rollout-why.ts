import { withLive } from '../../client/client.js';
import { whyReport } from '../../client/http/wire/report.js';
import { endpoint } from '../endpoint.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';

export const rolloutWhy = endpoint({
  id: 'rolloutWhy',
  method: 'get',
  path: `${rolloutPath}/why`,
  summary: 'What a rollout waits for, since when, what clears it, who may, and what comes next',
  params,
  answer: { description: 'The one thing that it waits for', schema: whyReport },
  problems: ['not-found', 'refused'],
  async handle({ door: { client, ...door }, params }) {
    const rollout = idOf(door, params);
    const reported = await client.status(rollout);
    const [live, attempts] = await Promise.all([client.readings(rollout), client.attempts(rollout)]);
    const { why, paused, retreating, reverts, outcome, fromOutside } = withLive(reported, live);
    const body = {
      rollout,
      ...why,
      ...(paused && { paused }),
      ...(retreating && { retreating }),
      ...(reverts && { reverts }),
      ...(outcome && { outcome }),
      ...(fromOutside && { fromOutside }),
      ...(attempts.length > 0 && { attempts }),
    };
    return { body };
  },
});
