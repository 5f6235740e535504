import type { Block, SlackMessage } from '../../../activities/slack/message.js';
import type { NoticeEvent } from '../../../activities/notify/event.js';
import { partsOf } from '../../../src/protocol/rollout-id.js';
import { facts, header, section, small } from './blocks.js';
import { command } from './commands.js';
import { linkTo } from './link.js';
import { peopleOf } from './people-of.js';
import type { Speaking } from './speaking.js';
import { clip, clock, listed, plain } from './words.js';

const titles: Readonly<Record<NonNullable<NoticeEvent['kind']>, string>> = {
  'rolling-back': '↩️ Rolling back',
  'needs-operator': '🆘 A person is needed',
  unconfirmed: '⚠️ Rolled back, and not seen to be well',
  drift: '⚠️ Somebody else changed it',
  orphan: '🆘 Ended from outside: nobody takes it back',
  blind: '🆘 Nobody watches',
  'still-exposed': '🆘 Still exposed',
  'breach-not-taken': '🆘 A guard failed, and nothing was done',
  'stands-still': '🆘 Stands still, with people exposed',
  'temporal-silent': '🆘 Temporal does not answer',
};

/** Somebody is called: what happened, who has the candidate, what is being done, and what a person does now. */
export function incidentMessage(speaking: Speaking, event: NoticeEvent): SlackMessage {
  const { rollout, text, exposure, at, todo = [], kind } = event;
  const title = `${kind === undefined ? '🆘 Look now' : titles[kind]}: ${nameOf(event)}`;
  return {
    text: clip(`${plain(title)}. ${plain(text)}`, 3_000),
    blocks: [
      header(title),
      section(plain(text)),
      ...(exposure === undefined
        ? []
        : [{ ...facts(['Exposed', `up to ${exposure} % of users`]), block_id: whileItLasts.exposed }]),
      facts(['Owner', ownerOf(speaking, event)], ['Since', clock(Date.parse(at))]),
      ...todoBlocks(event, todo),
      small(
        speaking.link === undefined
          ? `\`${plain(rollout)}\``
          : `<${linkTo(speaking.link, rollout)}|${plain(rollout)}>`,
      ),
    ],
  };
}

/** The same incident again: in its thread, calling nobody anew. */
export function updateMessage({ text, at }: NoticeEvent): SlackMessage {
  const line = `${clock(Date.parse(at))} ${plain(text)}`;
  return { text: clip(line, 3_000), blocks: [section(line)] };
}

/** A person has to act another time: in the thread of the first time, and they are called. */
export function againMessage(speaking: Speaking, event: NoticeEvent): SlackMessage {
  const { text, blocks } = updateMessage(event);
  return {
    text,
    blocks: [...blocks, section(ownerOf(speaking, event)), ...todoBlocks(event, event.todo ?? [])],
  };
}

/** The incident is over: its first message says so, and asks nobody for anything any more. */
export function closedMessage(before: SlackMessage, event: NoticeEvent): SlackMessage {
  const how = event.outcome === undefined ? '' : `, ${event.outcome}`;
  const title = `✅ Over${how}: ${nameOf(event)}`;
  const [, ...rest] = before.blocks;
  const stands = rest.filter((block) => !lasts(block));
  return { text: clip(`${plain(title)}. ${plain(event.text)}`, 3_000), blocks: [header(title), ...stands] };
}

/** Parts that are not true any more when it is over. */
const whileItLasts = { todo: 'todo', exposed: 'exposed' } as const;

function lasts(block: Block): boolean {
  return block.type === 'section' && block.block_id !== undefined && block.block_id in whileItLasts;
}

/** Of one section, and of one message. */
const mostCharacters = 2_800;
const mostSections = 12;

/** How it ended, and all that happened, to be pasted into a post-mortem. */
export function outcomeMessage({ text, rollout }: NoticeEvent, timeline: string | undefined): SlackMessage {
  const end = `🏁 ${plain(text)}`;
  const parts = sectionsOf((timeline ?? '').replaceAll('```', "'''").split('\n').map(plain));
  return {
    text: clip(end, 3_000),
    blocks: [
      section(end),
      ...parts.slice(-mostSections).map((part) => section(`\`\`\`${part}\`\`\``)),
      section('All of it, as Markdown:', command(`timeline ${rollout}`)),
    ],
  };
}

/** Lines in parts of which each is one section. */
function sectionsOf(lines: readonly string[]): string[] {
  const parts: string[] = [];
  let part = '';
  for (const line of lines.map((one) => clip(one, mostCharacters))) {
    if (part.length + line.length + 1 > mostCharacters) {
      parts.push(part);
      part = '';
    }
    part += part === '' ? line : `\n${line}`;
  }
  return part.trim() === '' ? parts : [...parts, part];
}

type Kind = NonNullable<NoticeEvent['kind']>;

/** What a person does where whoever calls does not say it. */
const advice: Readonly<Partial<Record<Kind, string>>> = {
  'rolling-back': 'nothing yet: everything is taken back by itself, and somebody is called if that fails',
  unconfirmed:
    'see by other means whether those who have the old version are well: nothing more is done by itself',
  'needs-operator': 'see what failed, mend it, and have it tried again; `why` says what else can be chosen',
  orphan: 'have it taken back from what the records know',
};

/** Commands beside the one that looks. */
const ways: Readonly<Partial<Record<Kind, (rollout: string) => string>>> = {
  'needs-operator': (rollout) => `retry ${rollout}`,
  orphan: (rollout) => `rescue ${rollout}`,
};

function todoBlocks(event: NoticeEvent, given: readonly string[]): Block[] {
  const { rollout, kind } = event;
  const own = kind && advice[kind];
  const todo = given.length === 0 && own !== undefined ? [own] : given;
  const way = kind && partsOf(rollout) ? ways[kind] : undefined;
  const paste = way && command(way(rollout));
  const lines = todo.map((line) => `• ${line === own ? line : plain(line)}`);
  return [
    ...(lines.length > 0
      ? [{ ...section('*What to do*', ...lines, paste), block_id: whileItLasts.todo }]
      : []),
    section('*Look*', lookAt(event)),
  ];
}

function lookAt({ rollout, environment }: NoticeEvent): string {
  return partsOf(rollout) ? command(`why ${rollout}`) : command(`doctor --env ${environment}`);
}

function nameOf({ rollout, environment }: NoticeEvent): string {
  const [kind] = rollout.split('/');
  if (kind === 'locks' || kind === 'sentinel') return `the ${kind} of ${environment}`;
  return `${partsOf(rollout)?.runbook ?? rollout} in ${environment}`;
}

function ownerOf({ directory }: Speaking, { owner }: NoticeEvent): string {
  if (owner === undefined) return 'whoever operates the environment';
  const people = peopleOf(directory, owner);
  return people.length === 0 ? plain(owner) : `${plain(owner)}: ${listed(people)}`;
}
