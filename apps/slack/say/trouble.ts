import type { SlackMessage } from '../../../activities/slack/message.js';
import type { Afflicted, Suffers } from '../../../activities/slack/troubles.js';
import { facts, header, section } from './blocks.js';
import { command } from './commands.js';
import { peopleOf } from './people-of.js';
import type { Speaking } from './speaking.js';
import { clip, clock, listed, plain } from './words.js';

/** What several rollouts suffer from: a source of measurements that nobody can read. */
export interface SharedTrouble {
  readonly environment: string;
  readonly source: string;
  /** The first one first. */
  readonly members: readonly Afflicted[];
}

/** So many rollouts stand in one message; a command lists the others. */
const mostListed = 20;

/** One message for all that suffer, edited in place: what it is, how many have it, and what a person does. */
export function troubleMessage({ environment, source, members }: SharedTrouble): SlackMessage {
  const isOver = members.every(({ how }) => how === 'over');
  const count = rolloutsText(members.length);
  const title = isOver
    ? `✅ Over: ${count} waited or went back for source ${source} in ${environment}`
    : `🆘 Source ${source} cannot be read: ${count} in ${environment} wait or go back`;
  const newest = members.findLast(({ how }) => how !== 'over') ?? members.at(-1);
  return {
    text: clip(`${plain(title)}. ${plain(newest?.text ?? '')}`, 3_000),
    blocks: [
      header(title),
      ...(isOver ? [] : [section(plain(newest?.text ?? ''))]),
      facts(
        ['On hold', countText(members, 'holds')],
        ['Rolling back', countText(members, 'rolls-back')],
        ['Over', countText(members, 'over')],
        ['Since', clock(members[0]?.at ?? 0)],
      ),
      ...(isOver
        ? []
        : [
            section(
              '*What to do*',
              `• bring source \`${plain(source)}\` back: whatever holds goes on by itself as soon as its guards pass`,
              '• which rollouts these are, and whose, stands in the thread',
              '*Look*',
              command(`doctor --env ${environment}`),
            ),
          ]),
    ],
  };
}

/** In its thread, for each owner: they are called once, and see how each of theirs stands. */
export function ownersMessage(
  speaking: Speaking,
  { environment, members }: SharedTrouble,
  owner: string | undefined,
): SlackMessage {
  const theirs = members.filter((one) => one.owner === owner);
  const called = owner === undefined ? [] : peopleOf(speaking.directory, owner);
  const who = called.length === 0 ? '' : `${listed(called)} `;
  const lines = theirs.slice(0, mostListed).map(lineOf);
  const left = theirs.length - lines.length;
  const held = theirs.find(({ how }) => how === 'holds');
  return {
    text: clip(`${plain(owner ?? environment)}: ${rolloutsText(theirs.length)}`, 3_000),
    blocks: [
      section(`${who}(${plain(owner ?? 'whoever operates it')}): ${rolloutsText(theirs.length)}`),
      section(...lines, left > 0 ? `… and ${left} more` : undefined),
      ...(held
        ? [
            section(
              'What cannot wait, taken back now:',
              command(`answer ${held.rollout} roll-back`),
              'All that hold:',
              command(`list --env ${environment}`),
            ),
          ]
        : []),
    ],
  };
}

const marks: Readonly<Record<Suffers, string>> = { holds: '⏸️', 'rolls-back': '↩️', over: '✔️' };

function lineOf({ rollout, how, text, exposure }: Afflicted): string {
  const exposed = how === 'over' || !exposure ? '' : `, up to ${exposure} % exposed`;
  const said = how === 'over' ? `: ${plain(text)}` : ` ${how === 'holds' ? 'holds' : 'rolls back'}${exposed}`;
  return clip(`${marks[how]} \`${plain(rollout)}\`${said}`, 130);
}

function countText(members: readonly Afflicted[], how: Suffers): string {
  const those = members.filter((one) => one.how === how);
  const most = Math.max(0, ...those.map(({ exposure = 0 }) => exposure));
  const exposed = how === 'over' || most === 0 ? '' : `, up to ${most} % exposed`;
  return those.length === 0 ? 'none' : `${rolloutsText(those.length)}${exposed}`;
}

function rolloutsText(count: number): string {
  return `${count} ${count === 1 ? 'rollout' : 'rollouts'}`;
}
