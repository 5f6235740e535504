import type { Block, Text } from '../../../activities/slack/message.js';
import { clip, unmarked } from './words.js';

type Section = Extract<Block, { type: 'section' }>;

/** Slack takes no longer ones. */
const most = { header: 150, section: 3_000, field: 2_000, context: 2_000 } as const;

/** Markup; of what is none Slack makes no links and no mentions. */
export const mrkdwn = (text: string): Text => ({ type: 'mrkdwn', text, verbatim: true });
export const words = (text: string): Text => ({ type: 'plain_text', text: unmarked(text) });

export const header = (text: string): Block => ({
  type: 'header',
  text: words(clip(unmarked(text), most.header)),
});

/** Lines of text; one that is undefined is left out. */
export function section(...lines: readonly (string | undefined)[]): Section {
  const text = lines.filter((line) => line !== undefined).join('\n');
  return { type: 'section', text: mrkdwn(clip(text, most.section)) };
}

/** Facts in two columns, which a phone shows one below the other. */
export function facts(...pairs: readonly (readonly [label: string, text: string])[]): Section {
  const fields = pairs.map(([label, text]) => mrkdwn(clip(`*${label}*\n${text}`, most.field)));
  return { type: 'section', fields };
}

export const small = (text: string): Block => ({
  type: 'context',
  elements: [mrkdwn(clip(text, most.context))],
});
