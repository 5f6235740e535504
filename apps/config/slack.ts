import { z } from 'zod';
import { httpAddress, members, nonEmpty, secret } from './settings.js';

/** Of a channel or a team, as Slack's addresses have it: names change, and may be somebody else's tomorrow. */
const slackId = (letters: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^[${letters}][A-Z0-9]{2,}$`), `it is no id of a ${what} in Slack; copy it there`);

/** How people of a shared environment are asked in Slack. */
export const slack = members({
  /** The bot's: `xoxb-...`. */
  token: secret,
  /** What Slack signs clicks with, where they come over HTTP. */
  signingSecret: secret.exactOptional(),
  /** `xapp-...`, where they come by Socket Mode. */
  appToken: secret.exactOptional(),
  team: slackId('TE', 'team'),
  /** Where rollouts are told, and people asked. */
  channel: slackId('CG', 'channel'),
  /** Where people are called; the same when absent. */
  incidents: slackId('CG', 'channel').exactOptional(),
  /** Where a rollout can be looked at, with `{rollout}` for its id. */
  link: nonEmpty.exactOptional(),
  /** Of the Web API; Slack's own when absent. */
  url: httpAddress.exactOptional(),
});

export type Slack = z.output<typeof slack>;

type PlacedSecret = readonly [z.output<typeof secret>, string];

/** The secrets of the section, each with its member. */
export function secretsOfSlack({ token, signingSecret, appToken }: Slack): readonly PlacedSecret[] {
  return [
    [token, 'token'],
    ...(signingSecret === undefined ? [] : [[signingSecret, 'signingSecret'] as const]),
    ...(appToken === undefined ? [] : [[appToken, 'appToken'] as const]),
  ];
}
