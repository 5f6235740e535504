import { partsOf } from '../../client/rollout-id.js';
import { takeBackRequest, takenBack } from '../../client/http/wire/rollouts.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { requireAsker } from '../require-asker.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';

const kinds = {
  revert: 'A new rollout takes a completed one back, while nothing irreversible ran',
  rescue: 'A new rollout takes back what a terminated or halted one left',
} as const;

/** Both are rollouts of their own. */
export const takeBacks: readonly Endpoint[] = (['revert', 'rescue'] as const).map((kind) =>
  endpoint({
    id: kind,
    method: 'post',
    path: `${rolloutPath}/${kind}`,
    summary: kinds[kind],
    params,
    body: takeBackRequest,
    answer: { description: 'It is durable', schema: takenBack, status: 201 },
    problems: ['not-found', 'refused', 'exists-already'],
    async handle({ door, caller, params, body: { reason, key, askedFor } }) {
      requireAsker(door, caller, askedFor);
      const reverts = idOf(door, params);
      const { client, signer } = door;
      const said = {
        rollout: reverts,
        kind,
        by: caller.name,
        reason,
        ...(askedFor !== undefined && { askedFor }),
      };
      const { rollout, runId } = await client.takeBack({
        ...said,
        ...(key !== undefined && { key }),
        ...(signer && { sign: (own: string) => signer.takeBack(caller, own, said) }),
      });
      const environment = partsOf(rollout)?.environment ?? door.environment;
      return { body: { rollout, runId, environment, kind, reverts, startedBy: caller.name } };
    },
  }),
);
