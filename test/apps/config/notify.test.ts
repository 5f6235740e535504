import { expect, it } from 'vitest';
import { changed, readEnvironment } from './given.js';

const hook = { type: 'webhook', url: 'https://bot.example/', secrets: [{ env: 'BOT_SECRET' }] };
const notify = { channels: { bot: hook }, routes: [{ urgencies: ['incident'], to: ['bot'] }] };

it('reads channels, and who is told by which', async () => {
  const read = await readEnvironment(changed('notify', notify));
  expect(read.notify).toMatchObject({
    channels: { bot: { type: 'webhook', allowPrivate: false } },
    routes: [{ urgencies: ['incident'], to: ['bot'] }],
  });
});

it.each<[string, object, string]>([
  ['a route to nowhere', { ...notify, routes: [{ to: ['bat'] }] }, 'notify.routes.0.to: bat is no channel'],
  ['a route to nobody', { ...notify, routes: [{ to: [] }] }, 'notify.routes.0.to'],
  ['a webhook without a secret', channel({ ...hook, secrets: [] }), 'a webhook is signed: give it a secret'],
  [
    'an address with a password',
    channel({ ...hook, url: 'https://a:b@bot.example' }),
    'it holds credentials',
  ],
  ['another kind of channel', channel({ type: 'pigeon' }), 'write "type": "webhook", "pagerduty" or "mail"'],
  [
    'a secret in the file of a shared environment',
    channel({ ...hook, secrets: ['whsec_x'] }),
    'notify.channels.bot.secrets.0: only a local environment may hold a secret itself',
  ],
])('refuses %s', async (_what, given, message) => {
  await expect(readEnvironment(changed('notify', given))).rejects.toThrow(message);
});

function channel(given: object): object {
  return { ...notify, channels: { bot: given } };
}
