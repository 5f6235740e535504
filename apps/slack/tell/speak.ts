import { setTimeout as sleep } from 'node:timers/promises';
import { SlackBusy, SlackRefused } from '../../../activities/slack/faults.js';
import type { SlackMessage } from '../../../activities/slack/message.js';
import { sealed } from '../../../activities/slack/sealed.js';
import type { Due, SlackStore } from '../../../activities/slack/store.js';
import type { SlackWeb } from '../../../activities/slack/web.js';
import { small } from '../say/blocks.js';
import { clock } from '../say/words.js';

/** What a process that speaks works with. */
export interface Speaker {
  readonly store: SlackStore;
  readonly web: SlackWeb;
  readonly log: (line: string) => void;
}

/** Milliseconds between two things that are said in one channel: Slack takes about one a second. */
const pace = 1_000;
/** Longer than Slack is waited for, so that no two processes say the same at once. */
const lease = 30_000;
const lookEvery = 100;
/** A second try after no answer; doubled at each. */
const firstPause = 2_000;
const longestPause = 60_000;
/** Milliseconds after which something is told late. */
const lateAfter = 60_000;
/** Clocks of Slack and of the records may differ by so much. */
const skew = 120_000;

/** What no second try makes better: it is told once, and left. */
const hopeless = new Set([
  'cant_update_message',
  'edit_window_closed',
  'invalid_blocks',
  'msg_too_long',
  'thread_not_found',
]);

/** Says what is to be said, channel by channel, until `signal` fires. */
export async function speak(speaker: Speaker, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const channels = await speaker.store.waitingChannels().catch(() => []);
    const said = await Promise.all(channels.map((channel) => speakIn(speaker, channel)));
    if (!said.includes(true)) await sleep(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether something was taken. */
async function speakIn(speaker: Speaker, channel: string): Promise<boolean> {
  const due = await speaker.store.take(channel, pace, lease).catch(() => undefined);
  if (!due) return false;
  await say(speaker, due).catch((error: unknown) => {
    // Not written down: the lease ends, and whoever takes it then looks for it first.
    speaker.log(
      `what became of a message cannot be kept: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  return true;
}

/** Posts or edits one message. What may have been posted before is looked for first: nothing is said twice. */
export async function say({ store, web, log }: Speaker, due: Due): Promise<void> {
  const { id, channel, thread, said, ts } = due;
  const mark = { id, said };
  const to = { channel, ...(thread !== undefined && { thread }) };
  try {
    const message = sealed(asOfNow(due), id, said);
    if (ts !== undefined) {
      await web.update({ channel, ts }, message, mark);
      await store.stands(due, ts, said);
      return;
    }
    const before = due.unsureSince === undefined ? undefined : await web.find(to, id, due.unsureSince - skew);
    if (before) await store.stands(due, before.place.ts, before.said);
    else await store.stands(due, (await web.post(to, message, mark)).ts, said);
  } catch (error) {
    await settleFault({ store, log }, due, error);
  }
}

async function settleFault(
  { store, log }: Pick<Speaker, 'store' | 'log'>,
  due: Due,
  error: unknown,
): Promise<void> {
  const fault = error instanceof Error ? error.message : String(error);
  const wasUnsure = due.unsureSince !== undefined;
  if (error instanceof SlackBusy) {
    await store.hush(due.channel, error.wait);
    await store.failed(due, fault, error.wait, wasUnsure);
    return;
  }
  const again = Math.min(firstPause * 2 ** due.tries, longestPause);
  if (error instanceof SlackRefused && error.code === 'message_not_found' && due.ts !== undefined) {
    log(`${due.about} of ${due.rollout}: ${fault}`);
    await store.gone(due, fault);
    return;
  }
  if (error instanceof SlackRefused) {
    const isOver = hopeless.has(error.code);
    if (isOver || due.tries === 0) log(`${due.about} of ${due.rollout}: ${fault}`);
    await store.failed(due, fault, isOver ? undefined : again, wasUnsure);
    return;
  }
  await store.failed(due, fault, again, due.ts === undefined);
}

/** What tells of a moment says when that was, if it was posted later; also when it is edited after that. */
function asOfNow({ wanted, happenedAt, ts }: Due): SlackMessage {
  // What Slack calls a message is when it was posted, in seconds.
  const postedAt = ts === undefined ? Date.now() : Number(ts) * 1_000;
  if (happenedAt === undefined || postedAt - happenedAt <= lateAfter) return wanted;
  const late = `🕓 late, of ${clock(happenedAt)}`;
  return {
    text: `${late}: ${wanted.text}`,
    blocks: [small(late), ...wanted.blocks],
  };
}
