import { Refusal } from 'switchback-rollouts';
import { defineAdapter, type Place } from 'switchback-rollouts/adapter';
import { z } from 'zod';
import { resize } from '../../runbooks/resize-consumers.js';
import { queueShape } from './service.js';

const settings = z.strictObject({
  url: z.url(),
  /** Consumers that the platform team allows. */
  limit: z.number().int().default(64),
});
type Queue = Place<z.output<typeof settings>>;

export default defineAdapter({
  name: 'queue',
  settings,
  // Not `waiting`: it changes by itself.
  state: queueShape.pick({ consumers: true }),
  landsWithin: '1s',
  read: async (queue) => queueShape.parse(await (await ask(queue)).json()),
  restore: ({ captured, ...queue }) => setConsumers(queue, captured),
  actions: {
    resize: {
      input: resize.input,
      async check({ name, settings: { limit }, input }) {
        if (input.consumers <= limit) return;
        throw new Refusal(`queue ${name}`, `may have ${limit} consumers`, 'ask for fewer');
      },
      shows: ({ state, input }) => state.consumers === input.consumers,
      apply: ({ input, ...queue }) => setConsumers(queue, input),
    },
  },
});

async function setConsumers(queue: Queue, body: { consumers: number }): Promise<void> {
  await ask(queue, { method: 'PUT', body: JSON.stringify({ consumers: body.consumers }) });
}

async function ask({ name, settings: { url }, signal }: Queue, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(new URL(`/queues/${encodeURIComponent(name)}`, url), { ...init, signal });
  if (response.ok) return response;
  const rule = (await response.text()).trim();
  if (response.status < 500) throw new Refusal(`queue ${name} at ${url}`, rule, 'fix the name or the number');
  throw new Error(`queue ${name} at ${url}: ${response.status} ${rule}`);
}
