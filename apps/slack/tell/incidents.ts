import type { Channel } from '../../../activities/notify/channels/channel.js';
import type { NoticeEvent } from '../../../activities/notify/event.js';
import { saidBy } from '../../../activities/slack/sealed.js';
import type { SlackStore } from '../../../activities/slack/store.js';
import { timelineOf } from '../../client/timeline.js';
import { directoryOf } from '../../config/identity/directory.js';
import { closedMessage, incidentMessage, outcomeMessage, updateMessage } from '../say/incident.js';
import type { Speaking } from '../say/speaking.js';
import type { Looking } from './look-at.js';
import { rank } from './rank.js';
import { joinTrouble, leaveTroubles } from './troubles.js';

/** What incidents are told with. */
interface Calling extends Looking {
  readonly store: SlackStore;
}

const prefix = 'incident/';

/**
 * Incidents in a channel of their own: one message for each kind and rollout, with whatever follows in its thread, closed
 * with the outcome and the timeline. Delivering only writes it down; so it takes no longer than that, and is said once.
 */
export function incidents(calling: Calling): Channel {
  return {
    async deliver(event) {
      if (event.type === 'incident') await callOf(calling, event);
      else if (event.outcome !== undefined) await close(calling, event);
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
  const { rollout, kind = 'call', id } = event;
  const about = `${prefix}${kind}`;
  const channel = slack.incidents ?? slack.channel;
  const message = incidentMessage(speakingOf(calling), event);
  const before = await store.wanted(rollout, about);
  const happenedAt = Date.parse(event.at);
  if (!before) await store.say({ rollout, about, channel, message, rank: rank.incident, happenedAt });
  // The very same comes again when it was not known whether it had been kept.
  else if (saidBy(before) !== saidBy(message)) {
    const reply = { rollout, about: `update/${id}`, thread: about, channel, message: updateMessage(event) };
    await store.say({ ...reply, rank: rank.reminder, happenedAt });
  }
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
    await store.say({ rollout, about, channel, message: closedMessage(before, event), rank: rank.settled });
    const outcome = { rollout, about: `closed/${about}`, thread: about, channel, rank: rank.reminder };
    await store.say({
      ...outcome,
      message: outcomeMessage(event, timeline),
      happenedAt: Date.parse(event.at),
    });
  }
}
