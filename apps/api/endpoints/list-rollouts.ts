import { z } from 'zod';
import { delegatedTo } from '../../../src/identity/delegation.js';
import { runbookName } from '../../client/http/wire/common.js';
import { page } from '../../client/http/wire/rollouts.js';
import type { WaitingFor } from '../../client/client.js';
import type { Caller } from '../caller.js';
import { afterCursor, cursor, cursorOf } from '../cursor.js';
import type { Door } from '../door.js';
import { endpoint } from '../endpoint.js';

const flag = z.enum(['true', 'false']).exactOptional();

const query = z.strictObject({
  all: flag.meta({ description: 'Also those that ended.' }),
  runbook: runbookName.exactOptional(),
  status: z.string().min(1).max(50).exactOptional(),
  waitingFor: z.string().min(1).max(200).exactOptional().meta({
    description:
      'A group that is asked, or somebody with their groups and the gates that they answer for others, who has not approved yet; me is whoever asks.',
  }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: cursor.exactOptional(),
});

export const listRollouts = endpoint({
  id: 'listRollouts',
  method: 'get',
  path: '/v1/rollouts',
  summary: 'The rollouts of the environment, newest first',
  query,
  answer: { description: 'One page of them', schema: page },
  async handle({ door, caller, query }) {
    const { environment, client, identities } = door;
    const { waitingFor } = query;
    const found = await client.list({
      environment,
      all: query.all === 'true',
      ...(waitingFor !== undefined && { waitingFor: await asked(waitingFor, caller, door) }),
    });
    const wanted = found.filter(
      (one) =>
        identities.deniedFor(caller, 'view', one.runbook) === undefined &&
        (query.runbook === undefined || one.runbook === query.runbook) &&
        (query.status === undefined || one.status === query.status),
    );
    const rest = afterCursor(wanted, query.cursor);
    const rollouts = rest.slice(0, query.limit);
    const last = rest.length > query.limit ? rollouts.at(-1) : undefined;
    return { body: { rollouts, ...(last && { next: cursorOf(last) }) } };
  },
});

/** Somebody's groups, and for whom they answer gates, as of now. */
async function asked(whom: string, caller: Caller, { identities, delegations }: Door): Promise<WaitingFor> {
  const isMe = whom === 'me';
  const name = isMe ? caller.name : whom;
  const groups = isMe ? caller.groups : identities.groupsOf(whom);
  const delegators = delegatedTo(await delegations.known(), name, Date.now()).map(({ from, gates }) => ({
    name: from,
    groups: identities.groupsOf(from),
    gates,
  }));
  return { name, groupsIn: () => groups, delegatorsIn: () => delegators };
}
