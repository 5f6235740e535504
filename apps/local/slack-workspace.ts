import { createHmac } from 'node:crypto';

/** A workspace on this machine, as an app of it sees it. */
export interface DemoSlack {
  /** Of its Web API. */
  readonly api: string;
  readonly token: string;
  readonly signingSecret: string;
  readonly team: string;
  /** Where rollouts are told, and where people are called. */
  readonly channel: string;
  readonly incidents: string;
  /** Ids of users, by person. */
  readonly users: Readonly<Record<string, string>>;
}

/** A message as the workspace has it. */
export interface StoredMessage {
  readonly ts: string;
  readonly thread_ts?: string;
  readonly text: string;
  readonly blocks?: readonly StoredBlock[];
  readonly reply_count?: number;
  readonly metadata?: { readonly event_payload?: { readonly id?: string } };
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

/** A click on a button, as Slack sends it. */
export interface SentClick {
  /** Where the door takes clicks. */
  readonly url: string;
  readonly user: string;
  /** The message under which the button stands. */
  readonly ts: string;
  readonly value: string;
  /** Different for each click. */
  readonly actionTs: string;
}

/** Sends what Slack sends when somebody clicks on Approve, signed as Slack signs it. Throws when it is not taken. */
export async function sendClick(slack: DemoSlack, click: SentClick): Promise<void> {
  const { url, user, ts, value, actionTs } = click;
  const action = { type: 'button', action_id: 'approve', value, action_ts: actionTs };
  const payload = {
    type: 'block_actions',
    team: { id: slack.team },
    user: { id: user, team_id: slack.team },
    channel: { id: slack.channel },
    message: { ts },
    trigger_id: 'none',
    actions: [action],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', slack.signingSecret).update(`v0:${time}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': time,
    'x-slack-signature': `v0=${signature}`,
  };
  const response = await fetch(url, { method: 'POST', redirect: 'error', body, headers });
  await response.text();
  if (!response.ok) throw new Error(`a click was answered ${response.status}`);
}
