import { z } from 'zod';
import { endpoint } from '../endpoint.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';

const number = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 31);

export const rolloutEvents = endpoint({
  id: 'rolloutEvents',
  method: 'get',
  path: `${rolloutPath}/events`,
  summary: 'The journal as it grows, as server-sent events; the id of each is its number',
  params,
  query: z.strictObject({
    after: number
      .exactOptional()
      .meta({ description: 'The last number that is known; Last-Event-ID counts before it.' }),
  }),
  headers: z.object({ 'last-event-id': z.string().max(20).exactOptional() }),
  answer: {
    description:
      'Events journal (a JournalEvent), resync (events in between are not here any more), ended, expired and shutdown',
    schema: z.string(),
    type: 'text/event-stream',
    others: { 204: 'It is over, and all is known: do not come again' },
  },
  problems: ['not-found', 'refused'],
  async handle({ door, caller, params, query, header, request }) {
    const rollout = idOf(door, params);
    const after = numberOf(header('last-event-id')) ?? query.after ?? 0;
    const { signal } = request;
    const response = await door.streams.open({ rollout, runbook: params.runbook, caller, after, signal });
    return { response };
  },
});

/** What a client says that it heard last; what is no number says nothing. */
function numberOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}
