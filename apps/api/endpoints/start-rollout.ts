import { partsOf } from '../../client/rollout-id.js';
import { started, startRequest } from '../../client/http/wire/rollouts.js';
import { endpoint } from '../endpoint.js';
import { keyHeaders, replayedHeader, replayHeaders } from '../keys.js';
import { startOnce } from '../start-once.js';

export const startRollout = endpoint({
  id: 'startRollout',
  method: 'post',
  path: '/v1/rollouts',
  summary: 'Starts a rollout of a listed runbook, or of a plan that was made elsewhere',
  headers: keyHeaders,
  body: startRequest,
  answer: { description: 'It is durable', schema: started, status: 201, headers: replayHeaders },
  problems: ['not-found', 'stale', 'refused', 'exists-already', 'under-way', 'key-reused'],
  async handle({ door, caller, body, header }) {
    const { rollout, runId, digest, startedBy, replayed } = await startOnce(
      door,
      caller,
      body,
      header('idempotency-key'),
    );
    const { environment = '', runbook = '' } = partsOf(rollout) ?? {};
    return {
      body: { rollout, runId, environment, runbook, digest, startedBy },
      ...(replayed && { headers: { [replayedHeader]: 'true' } }),
    };
  },
});
