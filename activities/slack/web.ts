import {
  LogLevel,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type Logger,
  type WebAPICallResult,
} from '@slack/web-api';
import { SlackBusy, SlackRefused, SlackSilent } from './faults.js';
import type { SlackMessage } from './message.js';
import { marked, markOf, type Mark } from './mark.js';

/** Where a message stands. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** Somebody as their workspace knows them. */
export interface SlackUser {
  readonly team: string;
  readonly deactivated: boolean;
  /** A guest, somebody of another organisation, or a program. */
  readonly outsider?: 'guest' | 'stranger' | 'bot';
}

/**
 * Slack's Web API, as far as a door needs it. Every method makes one request and tries nothing again: who calls knows
 * whether a second one would say something twice. Throws `SlackBusy`, `SlackRefused` or `SlackSilent`.
 */
export interface SlackWeb {
  post(to: Destination, message: SlackMessage, mark: Mark): Promise<Place>;
  update(place: Place, message: SlackMessage, mark: Mark): Promise<void>;
  /** A message of ours with this mark that was posted since `since` (Unix ms), and what it says; undefined when there is none. */
  find(to: Destination, id: string, since: number): Promise<{ place: Place; said: string } | undefined>;
  /** Only one person sees it, in place. */
  whisper(to: Destination, user: string, text: string): Promise<void>;
  openView(trigger: string, view: object): Promise<void>;
  user(id: string): Promise<SlackUser>;
  /** Who the token is, and what it may. */
  self(): Promise<{ readonly team: string; readonly user: string; readonly scopes?: readonly string[] }>;
  /** Whether the token's user is in a channel. */
  isIn(channel: string): Promise<boolean>;
}

/** A channel, and a thread in it. */
export interface Destination {
  readonly channel: string;
  readonly thread?: string;
}

export interface WebOptions {
  readonly token: string;
  /** Of the Web API; Slack's own when absent. */
  readonly url?: string;
  /** Milliseconds after which no answer is waited for any more. */
  readonly timeout?: number;
}

/** Milliseconds. */
export const slackAnswersWithin = 10_000;
const historyPage = 200;

/** The Web API over HTTPS. */
export function slackWeb({ token, url, timeout = slackAnswersWithin }: WebOptions): SlackWeb {
  const client = new WebClient(token, {
    ...(url !== undefined && { slackApiUrl: url }),
    // The client's own second try posts twice when only the answer was lost.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logger: silent,
    logLevel: LogLevel.ERROR,
    allowAbsoluteUrls: false,
  });
  async function call<T>(method: string, options: Record<string, unknown> = {}): Promise<T> {
    try {
      return (await client.apiCall(method, options)) as WebAPICallResult & T;
    } catch (error) {
      throw translated(method, error);
    }
  }
  /** Whom the token is of, once that was asked. */
  let own: Own | undefined;
  return {
    async post({ channel, thread }, message, mark) {
      const body = { channel, ...(thread !== undefined && { thread_ts: thread }), ...plain(message) };
      const { channel: at, ts } = await call<Place>('chat.postMessage', { ...body, metadata: marked(mark) });
      return { channel: at, ts };
    },
    async update({ channel, ts }, message, mark) {
      await call('chat.update', { channel, ts, ...plain(message), metadata: marked(mark) });
    },
    async find({ channel, thread }, id, since) {
      own ??= await call<Own>('auth.test');
      const oldest = String(Math.floor(since / 1_000));
      const where = { channel, oldest, limit: historyPage, include_all_metadata: true };
      for (let cursor = ''; ;) {
        const page = { ...where, ...(cursor !== '' && { cursor }) };
        const found = await (thread === undefined
          ? call<Page>('conversations.history', page)
          : call<Page>('conversations.replies', { ...page, ts: thread }));
        for (const { ts, metadata, ...by } of found.messages) {
          const mark = markOf(metadata);
          // Another app of the workspace may copy a mark.
          if (mark?.id === id && isOf(own, by)) return { place: { channel, ts }, said: mark.said };
        }
        cursor = found.response_metadata?.next_cursor ?? '';
        if (cursor === '') return undefined;
      }
    },
    async whisper({ channel, thread }, user, text) {
      const in_ = thread === undefined ? {} : { thread_ts: thread };
      await call('chat.postEphemeral', { channel, user, text, parse: 'none', ...in_ });
    },
    async openView(trigger_id, view) {
      await call('views.open', { trigger_id, view });
    },
    async user(id) {
      const { user } = await call<{ user: RawUser }>('users.info', { user: id });
      const outsider = outsiderIn(user);
      return { team: user.team_id ?? '', deactivated: user.deleted === true, ...(outsider && { outsider }) };
    },
    async self() {
      const answer = await call<WebAPICallResult & { team_id: string; user_id: string }>('auth.test');
      const scopes = answer.response_metadata?.scopes;
      return { team: answer.team_id, user: answer.user_id, ...(scopes && { scopes }) };
    },
    async isIn(channel) {
      const answer = await call<{ channel: { is_member?: boolean } }>('conversations.info', { channel });
      return answer.channel.is_member === true;
    },
  };
}

interface Own {
  readonly user_id: string;
  readonly bot_id?: string;
}

function isOf(own: Own, { user, bot_id }: { readonly user?: string; readonly bot_id?: string }): boolean {
  return user === undefined ? bot_id !== undefined && bot_id === own.bot_id : user === own.user_id;
}

interface Page {
  readonly messages: readonly {
    readonly ts: string;
    readonly user?: string;
    readonly bot_id?: string;
    readonly metadata?: unknown;
  }[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

interface RawUser {
  readonly team_id?: string;
  readonly deleted?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly is_bot?: boolean;
}

function outsiderIn(user: RawUser): SlackUser['outsider'] | undefined {
  if (user.is_bot) return 'bot';
  if (user.is_restricted || user.is_ultra_restricted) return 'guest';
  return user.is_stranger ? 'stranger' : undefined;
}

/**
 * No previews of links: a message is as long as it was made. Names are not looked for in it, which Slack does at an edit
 * unless it is told not to.
 */
function plain({ text, blocks }: SlackMessage): object {
  return { text, blocks, parse: 'none', unfurl_links: false, unfurl_media: false };
}

function translated(method: string, error: unknown): Error {
  if (error instanceof WebAPIRateLimitedError) return new SlackBusy(error.retryAfter * 1_000);
  if (error instanceof WebAPIPlatformError) {
    const { error: code } = error.data;
    // Said with status 200: a machine of Slack's has failed, and may have failed late.
    return unsure.has(code)
      ? new SlackSilent(`${method}: Slack said ${code}`)
      : new SlackRefused(method, code);
  }
  return new SlackSilent(`${method}: ${error instanceof Error ? error.message : String(error)}`);
}

const unsure = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

/** What is wrong is thrown, and told by whoever called. */
const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};
