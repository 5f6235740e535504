import { setTimeout as sleep } from 'node:timers/promises';
import {
  messagesIn,
  repliesTo,
  type DemoSlack,
  type StoredBlock,
  type StoredMessage,
} from '../../apps/local/slack-workspace.js';

/** Keeps what stands in a workspace as it changes. */
export interface Recorder {
  /** Stops, and answers all of it as lines of text. */
  end(): Promise<readonly string[]>;
}

const lookEvery = 400;
/** What was decided last is told within seconds. */
const settleFor = 6_000;

/** A message as it stood there, until its title changed: each edit of a number would be too many. */
interface Version {
  readonly channel: string;
  readonly message: StoredMessage;
}

/** Looks at the channels of a workspace until the end. */
export function recordMessages(slack: DemoSlack): Recorder {
  const versions = new Map<string, Version>();
  let ended = false;
  const names = { [slack.channel]: '#rollouts', [slack.incidents]: '#incidents' };
  async function look(): Promise<void> {
    for (const [channel, name] of Object.entries(names)) {
      for (const root of await messagesIn(slack, channel)) {
        const replies = (root.reply_count ?? 0) > 0 ? await repliesTo(slack, channel, root.ts) : [];
        for (const message of [root, ...replies]) {
          versions.set(`${message.ts} ${titleOf(message)}`, { channel: name, message });
        }
      }
    }
  }
  const looking = (async () => {
    while (!ended) {
      await look().catch(() => undefined);
      await sleep(lookEvery);
    }
  })();
  return {
    async end() {
      await sleep(settleFor);
      ended = true;
      await looking;
      await look();
      return [...versions.values()].flatMap((version) => linesOf(slack, version));
    },
  };
}

function titleOf({ blocks = [], text }: StoredMessage): string {
  return blocks[0]?.text?.text ?? text;
}

function linesOf(slack: DemoSlack, { channel, message }: Version): string[] {
  const { blocks = [], thread_ts, ts } = message;
  const isReply = thread_ts !== undefined && thread_ts !== ts;
  const body = blocks.flatMap(textsOf).flatMap((text) => readable(slack, text).split('\n'));
  return ['', `── ${channel}${isReply ? ', in a thread' : ''}`, ...body.map((line) => `   ${line}`)];
}

function textsOf({ type, text, fields = [], elements = [] }: StoredBlock): string[] {
  if (type === 'actions') return [elements.map((one) => `[${labelOf(one.text)}]`).join(' ')];
  return [
    ...(text ? [text.text] : []),
    ...fields.map((one) => one.text),
    ...elements.map((one) => labelOf(one.text)),
  ];
}

function labelOf(text: string | { readonly text: string } | undefined): string {
  return typeof text === 'string' ? text : (text?.text ?? '');
}

/** As a reader sees it: people by name, times as text. */
function readable({ users }: DemoSlack, text: string): string {
  const nameOf = (id: string) => Object.entries(users).find(([, user]) => user === id)?.[0] ?? id;
  return text
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replace(/<@(\w+)>/g, (_, id: string) => `@${nameOf(id)}`)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
