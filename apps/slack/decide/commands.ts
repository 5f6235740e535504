import { isRefusal } from '../../../src/engine/base/errors.js';
import { partsOf } from '../../client/rollout-id.js';
import type { SlackMessage } from '../../../activities/slack/message.js';
import { rootMessage } from '../say/root.js';
import { section } from '../say/blocks.js';
import { clock, plain } from '../say/words.js';
import { lookAt } from '../tell/look-at.js';
import type { SlashCommand } from '../receive/payload.js';
import { decide, type Wish } from './decide.js';
import type { Door } from './door.js';
import { mayView } from './may-view.js';
import { identify, type Identified } from './who.js';

/** Slack waits for three seconds, and then tells the person that nothing works. */
const answersWithin = 2_500;
const mostListed = 20;

const help = [
  '`/switchback list` what runs, and what waits for whom',
  '`/switchback status ROLLOUT` where it stands',
  '`/switchback why ROLLOUT` what it waits for, and what happens next',
  '`/switchback pause ROLLOUT REASON` lets nothing new start; guards are evaluated all the same',
  '`/switchback abort ROLLOUT REASON` takes everything back',
].join('\n');

/** What only whoever typed the command reads. */
export async function commanded(door: Door, command: SlashCommand): Promise<object> {
  const late = new Promise<SlackMessage>((resolve) => {
    const text = 'This takes longer than Slack waits. It may still be done: look with `npx switchback why`.';
    setTimeout(() => resolve(said(text)), answersWithin).unref();
  });
  const answer = await Promise.race([late, answerTo(door, command).catch(faultText)]);
  return { response_type: 'ephemeral', ...answer };
}

async function answerTo(door: Door, { text, user_id: user, team_id: team, trigger_id }: SlashCommand) {
  const [verb = 'help', given = '', ...more] = text.trim().split(/\s+/);
  const who = await identify(door.now(), door.slack.team, door.web, { user, team });
  switch (verb) {
    case 'list':
      return list(door, who);
    case 'status':
    case 'why':
      return show(door, who, verb, given);
    case 'pause':
    case 'abort':
      return brake(door, who, verb, given, more.join(' '), trigger_id);
    default:
      return said(help);
  }
}

async function list(door: Door, who: Identified): Promise<SlackMessage> {
  const all = await door.client.list({ environment: door.environment });
  const mine = all.filter(({ runbook }) => mayView(door, who, runbook) === undefined);
  if (mine.length === 0)
    return said('refused' in who ? refusedText(who.refused) : 'Nothing runs that you may look at.');
  const lines = mine
    .slice(0, mostListed)
    .map(
      ({ runbook, key, status, waitingFor }) =>
        `• *${plain(runbook)}* \`${plain(key)}\` ${status}, waits for ${plain(waitingFor)}`,
    );
  const left = mine.length - mostListed;
  return said([...lines, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n'));
}

async function show(
  door: Door,
  who: Identified,
  verb: 'status' | 'why',
  given: string,
): Promise<SlackMessage> {
  if (given === '')
    return said(`Name a rollout: \`/switchback ${verb} ROLLOUT\`. \`/switchback list\` shows them.`);
  const rollout = await found(door, given);
  const denial = mayView(door, who, partsOf(rollout)?.runbook ?? '');
  if (denial !== undefined) return said(refusedText(denial));
  if (verb === 'status') return rootMessage(await lookAt(door, rollout));
  const { waitingFor, since, clears, who: people, next, nextAt } = await door.client.why(rollout);
  const lines = [
    `*Waits for* ${plain(waitingFor)}, since ${clock(since)}`,
    `*Ends by* ${plain(clears)}`,
    ...(people.length > 0 ? [`*Who* ${plain(people.join(', '))}`] : []),
    `*Then* ${plain(next)}${nextAt === undefined ? '' : `, ${clock(nextAt)} at the latest`}`,
  ];
  return said(lines.join('\n'));
}

async function brake(
  door: Door,
  who: Identified,
  type: 'pause' | 'abort',
  given: string,
  reason: string,
  click: string,
): Promise<SlackMessage> {
  if (given === '' || reason === '')
    return said(`Name a rollout and why: \`/switchback ${type} ROLLOUT REASON\`.`);
  const rollout = await found(door, given);
  const wish: Wish = { type, reason };
  const { accepted, reason: answered } = await decide(door, who, { rollout, wish, click });
  door.changed();
  return said(`${accepted ? '✔️' : '🚫 *Nothing was decided.*'} ${plain(rollout)}: ${plain(answered)}`);
}

async function found(door: Door, given: string): Promise<string> {
  const rollout = await door.client.find(given);
  if (partsOf(rollout)?.environment === door.environment) return rollout;
  throw new Error(`${rollout} is not of ${door.environment}, which this channel is for`);
}

function refusedText(reason: string): string {
  return `🚫 ${plain(reason)}.`;
}

function said(text: string): SlackMessage {
  return { text, blocks: [section(text)] };
}

function faultText(error: unknown): SlackMessage {
  const text = error instanceof Error ? error.message : String(error);
  return said(`${isRefusal(error) ? '🚫' : '⚠️'} ${plain(text)}`);
}
