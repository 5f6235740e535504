import type { SlackStore } from '../../../activities/slack/store.js';
import type { Slack } from '../../config/slack.js';
import { askingOf, gateAbout } from '../decide/answer.js';
import { askingMessage } from '../say/asking.js';
import { settledHow } from '../say/gate-facts.js';
import { heldMessage, holdMessage } from '../say/hold.js';
import { rootMessage } from '../say/root.js';
import { settledMessage } from '../say/settled.js';
import { reminderMessage, resultMessage } from '../say/replies.js';
import type { Told } from '../say/speaking.js';
import { stepsMessage } from '../say/steps.js';
import { rank } from './rank.js';
import { tellTroubles } from './troubles.js';

interface Telling {
  readonly store: SlackStore;
  readonly slack: Slack;
}

/**
 * Writes down what is to stand in Slack about a rollout; who speaks takes it from there.
 *
 * @param before the newest entry of its journal that its thread has
 */
export async function tellRollout(telling: Telling, told: Told, before: number): Promise<void> {
  const { store } = telling;
  const { rollout } = told.report;
  const base = { rollout, channel: telling.slack.channel };
  await store.say({ ...base, about: 'root', message: rootMessage(told), rank: rank.root });
  await tellGates(telling, told, before);
  await tellHold(telling, told);
  await tellTroubles(telling, told);
  await tellSteps(telling, told, before);
}

async function tellGates({ store, slack }: Telling, told: Told, before: number): Promise<void> {
  const { rollout, gate } = told.report;
  const base = { rollout, channel: slack.channel };
  const open = gate && gateAbout(gate);
  const message = askingMessage(told);
  const kept = await store.messages(rollout);
  if (open !== undefined && message) {
    const stands = kept.some(({ about, ts }) => about === open && ts !== undefined);
    const urgency = stands ? rankOfEdit(told, before) : rank.asking;
    await store.say({ ...base, about: open, message, rank: urgency, happenedAt: askedSince(told) });
  }
  for (const { about, ts } of kept) {
    const asking = askingOf(about);
    if (!asking) continue;
    // Nothing says yet how it ended: the journal is a moment behind.
    const isSettled =
      about !== open && (told.report.outcome ?? settledHow(told.events, asking, told.report)) !== undefined;
    if (isSettled)
      await store.settle({ ...base, about, message: settledMessage(told, asking), rank: rank.settled });
    if (ts === undefined) continue;
    const result = about === open ? undefined : resultMessage(told, asking);
    if (result) {
      const { message, at: happenedAt } = result;
      await store.say({
        ...base,
        about: `result/${about}`,
        thread: about,
        message,
        rank: rank.reminder,
        happenedAt,
      });
    }
    for (const { number, at: happenedAt, message } of reminderMessage(told, asking, before)) {
      const reminder = { ...base, about: `reminder/${number}`, thread: about, message, happenedAt };
      await store.say({ ...reminder, rank: rank.reminder });
    }
  }
}

/** When it asks what it asks now: whatever voids approvals asks anew. */
function askedSince({ report, events }: Told): number {
  const again = events.findLast(({ type }) => renews.has(type));
  return Math.max(report.gate?.since ?? 0, again?.at ?? 0);
}

const renews: ReadonlySet<string> = new Set([
  'gate-opened',
  'approvals-voided',
  'hold',
  'hold-cleared',
  'resumed',
]);

/** That somebody has answered is worth telling; that a number is another one, when there is time for it. */
function rankOfEdit({ events, report }: Told, before: number): number {
  const isNews = events.some(
    ({ number, type, step }) => number > before && type === 'decision' && step === report.gate?.step,
  );
  return isNews ? rank.settled : rank.measured;
}

/** A hold that asks is a question, too. */
async function tellHold({ store, slack }: Telling, told: Told): Promise<void> {
  const { rollout, hold } = told.report;
  // Many hold for the same source: people are called by the one incident of that, and not by each.
  const thread = hold?.source === undefined ? {} : { thread: 'root' };
  const base = { rollout, channel: slack.channel, ...thread };
  const message = holdMessage(told);
  const open = message && hold ? `${holds}${hold.since}` : undefined;
  const kept = await store.messages(rollout);
  const stands = kept.some(({ about, ts }) => about === open && ts !== undefined);
  const urgency = stands ? rank.measured : rank.asking;
  const asked = hold && { happenedAt: Math.max(hold.askAt, hold.since) };
  if (open !== undefined && message) {
    await store.say({ ...base, about: open, message, rank: urgency, ...asked });
  }
  for (const { about } of kept) {
    if (!about.startsWith(holds) || about === open) continue;
    await store.settle({ ...base, about, message: heldMessage(told), rank: rank.settled });
  }
}

const holds = 'hold/';

/** What was not told yet is added to a message that has not left; so a thread has no more messages than it can take. */
async function tellSteps({ store, slack }: Telling, told: Told, before: number): Promise<void> {
  const { rollout } = told.report;
  const unsaid = (await store.messages(rollout)).findLast(
    ({ about, ts }) => isSteps(about) && ts === undefined,
  );
  const from = unsaid === undefined ? before + 1 : Number(unsaid.about.slice(steps.length));
  const fresh = told.events.filter(({ number }) => number >= from);
  const message = stepsMessage(fresh);
  const last = fresh.at(-1);
  if (!message || !last) return;
  const about = `${steps}${from}`;
  const base = { rollout, channel: slack.channel, about, thread: 'root', message };
  await store.say({ ...base, rank: rank.steps, happenedAt: last.at });
}

/** A message of a thread is called by the first entry that it tells. */
const steps = 'steps/';

function isSteps(about: string): boolean {
  return about.startsWith(steps);
}
