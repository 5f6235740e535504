import { createHash } from 'node:crypto';
import type { Channel } from '../../../activities/notify/channels/channel.js';
import type { NoticeEvent } from '../../../activities/notify/event.js';
import { saidBy } from '../../../activities/slack/sealed.js';
import type { SlackStore } from '../../../activities/slack/store.js';
import { partsOf } from '../../../src/protocol/rollout-id.js';
import { timelineOf } from '../../client/timeline.js';
import { directoryOf } from '../../config/identity/directory.js';
import {
  againMessage,
  closedMessage,
  incidentMessage,
  outcomeMessage,
  updateMessage,
} from '../say/incident.js';
import type { Speaking } from '../say/speaking.js';
import type { Looking } from './look-at.js';
import { rank } from './rank.js';
import { joinTrouble, leaveTroubles } from './troubles.js';

/** What incidents are told with. */
interface Calling extends Looking {
  readonly store: SlackStore;
}

const prefix = 'incident/';
/** What stands there about an environment for longer than this is read by nobody any more: they are called anew. */
const oldAfter = 6 * 3_600_000;

/**
 * Incidents in a channel of their own: one message for each kind and rollout, with whatever follows in its thread, closed
 * with the outcome and the timeline, or when it is over. Delivering only writes it down; so it takes no longer than that,
 * and is said once.
 */
export function incidents(calling: Calling): Channel {
  return {
    async deliver(event) {
      if (event.type === 'incident') await callOf(calling, event);
      else if (event.outcome !== undefined) await close(calling, event);
      else if (event.kind !== undefined) await isWell(calling, event);
    },
  };
}

/** What a source of measurements is to blame for is told with all that suffer from it. */
async function callOf(calling: Calling, event: NoticeEvent): Promise<void> {
  const { source, kind, rollout, environment, text, owner, exposure, at } = event;
  if (source === undefined || kind !== 'rolling-back') return call(calling, event);
  const member = {
    rollout,
    text,
    how: 'rolls-back',
    at: Date.parse(at),
    ...(owner !== undefined && { owner }),
    ...(exposure !== undefined && { exposure }),
  } as const;
  await joinTrouble(calling, speakingOf(calling), { environment, source }, member);
}

function speakingOf({ slack, now }: Calling): Speaking {
  return {
    directory: directoryOf(now()),
    now: Date.now(),
    ...(slack.link !== undefined && { link: slack.link }),
  };
}

async function call(calling: Calling, event: NoticeEvent): Promise<void> {
  const { store, slack } = calling;
  const { rollout, id } = event;
  const last = await newestOf(calling, event);
  const about = last && !last.isPast ? last.about : `${subjectOf(event)}${last ? `/${id}` : ''}`;
  const channel = slack.incidents ?? slack.channel;
  const message = incidentMessage(speakingOf(calling), event);
  const before = await store.wanted(rollout, about);
  const happenedAt = Date.parse(event.at);
  if (!before) await store.say({ rollout, about, channel, message, rank: rank.incident, happenedAt });
  // The very same comes again when it was not known whether it had been kept.
  else if (saidBy(before) !== saidBy(message)) {
    const mustAct = event.kind === 'needs-operator';
    const more = mustAct ? againMessage(speakingOf(calling), event) : updateMessage(event);
    const reply = { rollout, about: `update/${id}`, thread: about, channel, message: more, happenedAt };
    await store.say({ ...reply, rank: mustAct ? rank.incident : rank.reminder });
  }
}

/** What an incident is about. What has no kind is told apart by its words, but for the numbers in them. */
function subjectOf({ kind, text }: NoticeEvent): string {
  const words = () => createHash('sha256').update(text.replace(/\d+/g, '')).digest('hex').slice(0, 16);
  return `${prefix}${kind ?? `call-${words()}`}`;
}

/** The newest message about the same; it is past when it is over, and when nobody would look at it any more. */
async function newestOf(
  { store }: Calling,
  event: NoticeEvent,
): Promise<{ readonly about: string; readonly isPast: boolean } | undefined> {
  const subject = subjectOf(event);
  const kept = await store.messages(event.rollout);
  const last = kept.findLast(({ about }) => about === subject || about.startsWith(`${subject}/`));
  if (!last) return undefined;
  const isOver = kept.some(({ about }) => about === `closed/${last.about}`);
  // A rollout ends, and closes all of its own.
  const age = last.ts === undefined || partsOf(event.rollout) ? 0 : Date.now() - Number(last.ts) * 1_000;
  return { about: last.about, isPast: isOver || age > oldAfter };
}

/** One trouble is over, while the rollout, or the environment, goes on. */
async function isWell(calling: Calling, event: NoticeEvent): Promise<void> {
  const { store, slack } = calling;
  const { rollout, at } = event;
  const last = await newestOf(calling, event);
  const before = last && !last.isPast ? await store.wanted(rollout, last.about) : undefined;
  if (!last || !before) return;
  const base = { rollout, channel: slack.incidents ?? slack.channel };
  const { about } = last;
  await store.say({ ...base, about, message: closedMessage(before, event), rank: rank.settled });
  const reply = { ...base, about: `closed/${about}`, thread: about, rank: rank.reminder };
  await store.say({ ...reply, message: updateMessage(event), happenedAt: Date.parse(at) });
}

async function close(calling: Calling, event: NoticeEvent): Promise<void> {
  const { store, slack, history } = calling;
  const { rollout } = event;
  await leaveTroubles(calling, speakingOf(calling), rollout, event.outcome ?? 'over');
  const channel = slack.incidents ?? slack.channel;
  for (const { about } of await store.messages(rollout)) {
    if (!about.startsWith(prefix)) continue;
    const before = await store.wanted(rollout, about);
    if (!before) continue;
    const timeline = await history(rollout).then(
      (events) => timelineOf(rollout, events),
      // The command tells it later.
      () => undefined,
    );
    // Nothing says yet that the baseline is well: whoever was called for it is not told that it is over.
    const goesOn = event.unconfirmed === true && about.startsWith(`${prefix}unconfirmed`);
    if (!goesOn) {
      await store.say({ rollout, about, channel, message: closedMessage(before, event), rank: rank.settled });
    }
    const outcome = { rollout, about: `closed/${about}`, thread: about, channel, rank: rank.reminder };
    await store.say({
      ...outcome,
      message: outcomeMessage(event, timeline),
      happenedAt: Date.parse(event.at),
    });
  }
}
