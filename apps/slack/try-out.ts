import type { Channel } from '../../activities/notify/channels/channel.js';
import type { NoticeEvent } from '../../activities/notify/event.js';
import type { SlackMessage } from '../../activities/slack/message.js';
import { saidBy } from '../../activities/slack/sealed.js';
import { slackWeb, type Destination, type SlackWeb } from '../../activities/slack/web.js';
import { reveal, type Environment } from '../config/config.js';
import { directoryOf } from '../config/identity/directory.js';
import type { Slack } from '../config/slack.js';
import { header, section } from './say/blocks.js';
import { incidentMessage } from './say/incident.js';
import { plain } from './say/words.js';

/** A channel in Slack that samples can be said in, and what it is called. */
export interface TriedOut {
  readonly name: string;
  /** The kinds of notices that are told there. */
  readonly types: readonly NoticeEvent['type'][];
  readonly by: Channel;
}

/**
 * Says samples where the Slack door of an environment would, from here and past its records. No button is under them, and
 * nobody is called. A token that is not set here is a fault of each.
 */
export function slackToTry(environment: Environment): readonly TriedOut[] {
  const { slack } = environment;
  if (!slack) return [];
  const by = sampler(environment, slack);
  const incidents = slack.incidents ?? slack.channel;
  return [
    { name: `slack ${slack.channel}`, types: ['question'], by },
    { name: `slack ${incidents}`, types: ['incident', 'news'], by },
  ];
}

function webOf({ token, url }: Slack): SlackWeb {
  return slackWeb({ token: reveal(token), ...(url !== undefined && { url }) });
}

function sampler(environment: Environment, slack: Slack): Channel {
  const { channel, incidents = channel } = slack;
  let thread: string | undefined;
  return {
    async deliver(event) {
      const to: Destination = {
        channel: event.type === 'question' ? channel : incidents,
        ...(event.type === 'news' && thread !== undefined && { thread }),
      };
      const message = sampleOf(environment, event);
      const { ts } = await webOf(slack).post(to, message, { id: event.id, said: saidBy(message) });
      if (event.type === 'incident') thread = ts;
    },
  };
}

function sampleOf(environment: Environment, event: NoticeEvent): SlackMessage {
  const test = 'This is a test, and nobody has to do anything';
  if (event.type === 'incident') {
    const message = incidentMessage({ directory: directoryOf(environment), now: Date.now() }, event);
    return { ...message, text: `${test}. ${message.text}` };
  }
  const text = plain(event.text);
  if (event.type === 'news') return { text, blocks: [section(`🏁 ${text}`)] };
  const blocks = [header(test), section(text, 'A real question has its buttons here.')];
  return { text: `${test}. ${text}`, blocks };
}
