import { z } from 'zod';
import { httpAddress, members, secret } from './settings.js';

const webhook = members({
  type: z.literal('webhook'),
  url: httpAddress,
  /** As standardwebhooks.com has them: `whsec_...`. Two while one is being replaced. */
  secrets: z.array(secret).min(1, 'a webhook is signed: give it a secret').max(2),
  /** Also when its address is in a private network. */
  allowPrivate: z.boolean().default(false),
});

const pagerduty = members({
  type: z.literal('pagerduty'),
  routingKey: secret,
  url: httpAddress.default('https://events.pagerduty.com'),
  allowPrivate: z.boolean().default(false),
});

const mail = members({
  type: z.literal('mail'),
  /** `smtp://user:password@host:587`. */
  url: secret,
  from: z.email(),
  to: z.array(z.email()).min(1, 'a mail goes to somebody: name an address'),
});

const channel = z.discriminatedUnion('type', [webhook, pagerduty, mail], {
  error: 'write "type": "webhook", "pagerduty" or "mail", and what that needs',
});

const route = members({
  urgencies: z
    .array(z.enum(['incident', 'question', 'news']))
    .min(1)
    .exactOptional(),
  /** Groups that own rollouts. */
  owners: z.array(z.string().min(1)).min(1).exactOptional(),
  /** Names of channels. */
  to: z.array(z.string().min(1)).min(1),
});

/** Who is told what, beside the worker's own console. */
export const notify = members({
  channels: z.record(z.string().min(1), channel),
  /** What matches several goes to all of them; what matches none goes to the console alone. */
  routes: z.array(route),
}).superRefine(({ channels, routes }, context) => {
  for (const [index, { to }] of routes.entries()) {
    const unknown = to.find((name) => !Object.hasOwn(channels, name));
    if (unknown === undefined) continue;
    const known = Object.keys(channels).join(', ') || 'none';
    const message = `${unknown} is no channel; "channels" has ${known}`;
    context.addIssue({ code: 'custom', path: ['routes', index, 'to'], message });
  }
});

export type Notify = z.output<typeof notify>;

type PlacedSecret = readonly [z.output<typeof secret>, ...(string | number)[]];

/** The secrets of the channels, each with its path. */
export function secretsOfChannels({ channels }: Notify): readonly PlacedSecret[] {
  return Object.entries(channels).flatMap(([name, channel]): PlacedSecret[] => {
    switch (channel.type) {
      case 'webhook':
        return channel.secrets.map((value, index) => [value, name, 'secrets', index] as const);
      case 'pagerduty':
        return [[channel.routingKey, name, 'routingKey'] as const];
      case 'mail':
        return [[channel.url, name, 'url'] as const];
    }
  });
}
