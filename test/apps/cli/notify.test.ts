import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { receiver } from '../../activities/notify/channels/receiver.js';
import { scratchDirectory } from '../local/scratch.js';
import { switchback } from './console.js';

async function test(url: string, ...more: string[]) {
  const file = join(await scratchDirectory(), 'switchback.config.json');
  const secrets = [`whsec_${Buffer.from('a secret of the tests').toString('base64')}`];
  const channels = { bot: { type: 'webhook', url, secrets, allowPrivate: true } };
  const staging = { kind: 'local', records: 'records', notify: { channels, routes: [{ to: ['bot'] }] } };
  await writeFile(file, JSON.stringify({ environments: { staging } }));
  return switchback(['notify', 'test', '--env', 'staging', '--config', file, ...more]);
}

it('sends one notice of each kind by each channel', async () => {
  const { url, received } = await receiver();
  const ran = await test(url, '-o', 'json');
  expect([ran.code, ran.json()['sent']]).toEqual([
    0,
    ['question', 'incident', 'news'].map((type) => ({ channel: 'bot', type, arrived: true })),
  ]);
  const types = received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types).toEqual(['question', 'incident', 'news']);
});

it('says what did not arrive and why, and ends with 5', async () => {
  const { url } = await receiver([202, 500]);
  const ran = await test(url);
  expect(ran.code).toBe(5);
  expect(ran.stdout).toMatch(/^bot +incident +127\.0\.0\.1:\d+ answered 500$/m);
  expect(ran.stdout).toMatch(/^bot +news +arrived$/m);
});
