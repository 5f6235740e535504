import type { z } from 'zod';
import { locksPaths } from '../../client/http/locks-paths.js';
import { locksBodies, locksDecided } from '../../client/http/wire/environment.js';
import { partsOf } from '../../client/rollout-id.js';
import { decideLocksOnce } from '../decide-locks-once.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { keyHeaders } from '../keys.js';
import { requireRight } from '../require-right.js';

type Kind = keyof typeof locksBodies;

const operations = {
  stop: { id: 'stop', summary: 'Pauses every rollout of the environment and refuses new ones' },
  lift: { id: 'lift', summary: 'Lets rollouts start again; those that are paused stay paused' },
  'take-over': { id: 'takeOver', summary: 'Frees the lock of a rollout that was ended from outside' },
  delegate: { id: 'delegate', summary: 'Has somebody else answer gates for whoever asks, for a while' },
  'end-delegation': { id: 'endDelegation', summary: 'Ends a delegation of whoever asks' },
} as const;

/** One endpoint for each decision about an environment. */
export const locksDecisions: readonly Endpoint[] = (Object.keys(operations) as Kind[]).map((type) =>
  endpoint({
    id: operations[type].id,
    method: 'post',
    path: locksPaths[type],
    summary: operations[type].summary,
    headers: keyHeaders,
    body: (locksBodies[type] as z.ZodType).meta({ id: `${operations[type].id}Request` }),
    answer: { description: 'It is accepted', schema: locksDecided },
    problems: ['refused', 'under-way', 'key-reused'],
    async handle({ door, caller, body, header }) {
      const choice = { type, ...(body as { reason: string; rollout?: string }) };
      if (choice.rollout !== undefined) {
        requireRight(door, caller, 'take-over', partsOf(choice.rollout)?.runbook);
      }
      return { body: await decideLocksOnce(door, caller, choice as never, header('idempotency-key')) };
    },
  }),
);
