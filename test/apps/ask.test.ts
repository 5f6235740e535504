import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { ask } from '../../apps/client/ask.js';
import { Calls } from '../../apps/client/calls.js';

/** As gRPC says that nobody answered. */
const unanswered = () => Object.assign(new Error('Deadline exceeded'), { code: 4 });

/** A client whose queries end as told, one after the other: a worker drops a query when it likes, not when a test does. */
function clientWith(answers: readonly (() => Promise<string>)[]) {
  const left = answers.values();
  const handle = { query: async () => left.next().value!() };
  const client = {
    withDeadline: <T>(_deadline: number, call: () => Promise<T>) => call(),
    workflow: { getHandle: () => handle },
  } as unknown as Client;
  return { client, calls: new Calls(client, 'the server') };
}

const answer = () => Promise.resolve('an answer');
const silence = () => Promise.reject(unanswered());

it('a query that its worker dropped is asked again', async () => {
  expect(await ask(clientWith([silence, answer]), 'id', 'status')).toBe('an answer');
});

it('who does not answer twice does not answer', async () => {
  await expect(ask(clientWith([silence, silence, answer]), 'id', 'status')).rejects.toThrow(
    'Deadline exceeded',
  );
});
