import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../apps/api/server.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { doorOf } from './door.js';

const eventOf = (number: number): JournalEvent => ({ number, at: 0, type: 'paused', reason: 'a test' });

it('a stream is followed by a client that knows nothing of ours: each event once, until it is over', async () => {
  const known = { events: [1, 2].map(eventOf), endedAt: undefined as number | undefined };
  const { app } = doorOf(
    {
      describe: () =>
        Promise.resolve({
          runId: 'r',
          historyLength: known.events.length,
          ...(known.endedAt !== undefined && { endedAt: known.endedAt }),
        }),
      journal: () => Promise.resolve([...known.events]),
    },
    { hosts: ['127.0.0.1'] },
  );
  const server = await listen(app, '127.0.0.1', 0);
  onTestFinished(() => server.close());
  const client = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'event-source-process.mjs'),
      `${server.url}/v1/rollouts/some-thing/k1/events`,
      'ana',
    ],
    { env: {}, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let heard = '';
  client.stdout.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    // Only when it listens: the rest comes while it does.
    if (heard === '1\n2\n') {
      known.events = [1, 2, 3, 4].map(eventOf);
      known.endedAt = 1;
    }
  });
  const code = await new Promise((done) => client.once('exit', done));
  expect([code, heard]).toEqual([0, '1\n2\n3\n4\n']);
});
