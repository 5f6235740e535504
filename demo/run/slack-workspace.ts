import type { DemoSlack } from '../stack/slack.js';

/** A message as the workspace has it. */
export interface StoredMessage {
  readonly ts: string;
  readonly thread_ts?: string;
  readonly text: string;
  readonly blocks?: readonly StoredBlock[];
  readonly reply_count?: number;
}

/** A part of a message, as far as somebody who reads it sees it. */
export interface StoredBlock {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly fields?: readonly { readonly text: string }[];
  readonly elements?: readonly StoredElement[];
}

interface StoredElement {
  readonly type: string;
  readonly text?: string | { readonly text: string };
  readonly action_id?: string;
  readonly value?: string;
}

/** Asks the workspace as an app of it does. */
export async function askSlack<T>({ api, token }: DemoSlack, method: string, body: object): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = { method: 'POST', headers, redirect: 'error', body: JSON.stringify(body) } as const;
  return (await (await fetch(`${api}${method}`, request)).json()) as T;
}

/** The messages of a channel, oldest first, without those of threads. */
export async function messagesIn(slack: DemoSlack, channel: string): Promise<readonly StoredMessage[]> {
  const body = { channel, limit: 1_000 };
  const { messages = [] } = await askSlack<{ messages?: StoredMessage[] }>(
    slack,
    'conversations.history',
    body,
  );
  return messages.toReversed();
}

/** The replies in a message's thread, oldest first. */
export async function repliesTo(
  slack: DemoSlack,
  channel: string,
  ts: string,
): Promise<readonly StoredMessage[]> {
  const body = { channel, ts };
  const { messages = [] } = await askSlack<{ messages?: StoredMessage[] }>(
    slack,
    'conversations.replies',
    body,
  );
  return messages.filter((one) => one.ts !== ts);
}
