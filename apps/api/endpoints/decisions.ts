import { decided, decisionBodies } from '../../client/http/wire/decisions.js';
import type { DecisionType } from '../../../src/engine/state/messages.js';
import { z } from 'zod';
import { decideOnce } from '../decide-once.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { keyHeaders, replayedHeader, replayHeaders } from '../keys.js';
import { isBound } from '../bind.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';
import { tagHeaders } from '../tag.js';

const summaries: { readonly [T in DecisionType]: string } = {
  approve: 'Approves the gate that is open',
  reject: 'Rejects the gate that is open: everything is taken back',
  comment: 'Says something that stands in the journal, and changes nothing',
  'break-glass': 'Lets it pass a freeze, when two people want that for the same incident',
  abort: 'Takes everything back now; past the point of no return: halts and asks',
  resume: 'Lets a paused rollout go on',
  pause: 'Lets nothing new start; guards are evaluated all the same',
  advance: 'Ends the watch that is open as early as the plan allows',
  extend: 'Makes the watch that is open longer, or the deadline of the gate later',
  halt: 'Ends it where it stands: nothing is taken back, and nobody watches it any more',
  answer: 'Answers the question of a hold',
  resolve: 'Decides for a rollout that needs an operator',
};

/** One endpoint for each type of decision. */
export const decisions: readonly Endpoint[] = (Object.keys(summaries) as DecisionType[]).map((type) =>
  endpoint({
    id: type,
    method: 'post',
    path: `${rolloutPath}/decisions/${type}`,
    summary: summaries[type],
    params,
    headers: z.object({ ...keyHeaders.shape, ...(isBound(type) && tagHeaders.shape) }),
    body: decisionBodies[type].meta({ id: `${type[0]?.toUpperCase()}${type.slice(1)}Request` }),
    answer: { description: 'It is accepted', schema: decided, headers: replayHeaders },
    problems: [
      'not-found',
      'refused',
      'under-way',
      'key-reused',
      ...(isBound(type) ? (['precondition-required', 'stale'] as const) : []),
    ],
    async handle({ door, caller, params, body, header }) {
      const { replayed, ...decision } = await decideOnce(door, caller, {
        rollout: idOf(door, params),
        choice: { type, ...(body as object) } as never,
        key: header('idempotency-key'),
        tag: header('if-match'),
      });
      return { body: decision, ...(replayed && { headers: { [replayedHeader]: 'true' } }) };
    },
  }),
);
