import { z } from 'zod';
import { journal } from '../../client/http/wire/report.js';
import { endpoint } from '../endpoint.js';
import { prefers } from '../formats.js';
import { idOf, rolloutParams as params, rolloutPath } from '../rollout-path.js';

const lines = 'application/jsonl';

export const rolloutJournal = endpoint({
  id: 'rolloutJournal',
  method: 'get',
  path: `${rolloutPath}/journal`,
  summary: 'What a rollout decided, when, why and on which evidence; as JSON, or one event a line',
  params,
  answer: {
    description: 'What the workflow still has; the whole stands in the exported journal',
    schema: journal,
    also: { [lines]: z.string().meta({ description: 'A JournalEvent in each line.' }) },
  },
  problems: ['not-found', 'refused'],
  async handle({ door, params, header }) {
    const rollout = idOf(door, params);
    const events = await door.client.journal(rollout);
    if (!prefers(header('accept'), lines, 'application/json')) {
      return { body: { rollout, from: events[0]?.number ?? 1, events } };
    }
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    return { response: new Response(text, { headers: { 'content-type': lines } }) };
  },
});
