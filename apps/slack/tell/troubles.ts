import type { SlackStore } from '../../../activities/slack/store.js';
import type { Afflicted } from '../../../activities/slack/troubles.js';
import { isDeepStrictEqual } from 'node:util';
import type { Slack } from '../../config/slack.js';
import type { Speaking, Told } from '../say/speaking.js';
import { ownersMessage, troubleMessage } from '../say/trouble.js';
import { rank } from './rank.js';

/** What troubles that rollouts share are told with. */
export interface Troubling {
  readonly store: SlackStore;
  readonly slack: Slack;
}

const about = 'incident/source';

/** A source of measurements keeps a rollout from going on: all that it does so to are told of as one. */
export async function joinTrouble(
  telling: Troubling,
  speaking: Speaking,
  { environment, source }: { readonly environment: string; readonly source: string },
  member: Afflicted,
): Promise<void> {
  const trouble = await telling.store.troubles.join(`source/${environment}/${source}`, member);
  await tell(telling, speaking, trouble);
}

/** A rollout suffers no more. */
export async function leaveTroubles(
  telling: Troubling,
  speaking: Speaking,
  rollout: string,
  how: string,
): Promise<void> {
  for (const { trouble, member } of await telling.store.troubles.of(rollout)) {
    await telling.store.troubles.change(trouble, { ...member, how: 'over', text: how });
    await tell(telling, speaking, trouble);
  }
}

/** What a look at a rollout says of it: what it holds or goes back for, or that it does so no more. */
export async function tellTroubles(telling: Troubling, told: Told): Promise<void> {
  const { rollout, environment, hold, unwinding, outcome, exposure } = told.report;
  const common = { rollout, owner: told.plan.owner, exposure };
  const cause = unwinding?.cause;
  if (outcome) return leaveTroubles(telling, told, rollout, outcome.type);
  if (cause && 'source' in cause && cause.source !== undefined) {
    const member = { ...common, how: 'rolls-back', text: cause.reason, at: unwinding.since } as const;
    return joinTrouble(telling, told, { environment, source: cause.source }, member);
  }
  if (hold?.asked && hold.source !== undefined) {
    const member = { ...common, how: 'holds', text: hold.reason, at: hold.since } as const;
    return joinTrouble(telling, told, { environment, source: hold.source }, member);
  }
  if (!hold) await leaveTroubles(telling, told, rollout, cause ? 'rolls back for another reason' : 'goes on');
}

async function tell({ store, slack }: Troubling, speaking: Speaking, trouble: string): Promise<void> {
  const [, environment = '', ...rest] = trouble.split('/');
  const source = rest.slice(0, -1).join('/');
  const channel = slack.incidents ?? slack.channel;
  for (let members = await store.troubles.members(trouble); ;) {
    const shared = { environment, source, members };
    const stands = (await store.messages(trouble)).some((one) => one.about === about && one.ts !== undefined);
    const base = { rollout: trouble, channel };
    // A number that has grown wakes nobody, and keeps no other incident waiting.
    const urgency = stands ? rank.settled : rank.incident;
    await store.say({ ...base, about, message: troubleMessage(shared), rank: urgency });
    for (const owner of new Set(members.map((one) => one.owner))) {
      const theirs = { ...base, about: `owner/${owner ?? ''}`, thread: about, rank: rank.reminder };
      await store.say({ ...theirs, message: ownersMessage(speaking, shared, owner) });
    }
    // Another process may have said less, and later: whoever speaks last has seen all of them.
    const now = await store.troubles.members(trouble);
    if (isDeepStrictEqual(now, members)) return;
    members = now;
  }
}
