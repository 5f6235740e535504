import type { Channel } from '../../activities/notify/channels/channel.js';
import { mail } from '../../activities/notify/channels/mail.js';
import { pagerDuty } from '../../activities/notify/channels/pagerduty.js';
import { webhook } from '../../activities/notify/channels/webhook.js';
import { consoleNotifier } from '../../activities/notify/console.js';
import type { Notifier } from '../../activities/notify/notifier.js';
import type { Channels } from '../../activities/notify/post-office.js';
import { allOf, routedNotifier } from '../../activities/notify/routed.js';
import type { NoticeStore } from '../../activities/notify/store.js';
import { incidentsRoute } from '../../activities/slack/incidents-route.js';
import { reveal, type Environment } from '../config/config.js';
import type { Notify } from '../config/notify.js';

/** The channels of an environment, by name. Throws `Refusal` naming a variable that is not set. */
export function channelsOf({ notify }: Environment): Channels {
  const entries = Object.entries(notify?.channels ?? {});
  return Object.fromEntries(entries.map(([name, configured]) => [name, channelOf(configured)]));
}

/** Tells the console, and keeps what the environment's routes send elsewhere. */
export function notifierOf(
  name: string,
  { notify, slack }: Environment,
  channels: Channels,
  store: NoticeStore,
  tell: (text: string) => void,
): Notifier {
  const own = consoleNotifier(tell);
  const routes = [...(notify?.routes ?? []), ...(slack ? [incidentsRoute] : [])];
  if (routes.length === 0) return own;
  return allOf([own, routedNotifier({ environment: name, channels, routes, store })]);
}

function channelOf(configured: Notify['channels'][string]): Channel {
  switch (configured.type) {
    case 'webhook':
      return webhook({ ...configured, secrets: configured.secrets.map(reveal) });
    case 'pagerduty':
      return pagerDuty({ ...configured, routingKey: reveal(configured.routingKey) });
    case 'mail':
      return mail({ ...configured, url: reveal(configured.url) });
  }
}
