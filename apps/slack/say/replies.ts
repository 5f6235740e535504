import type { SlackMessage } from '../../../activities/slack/message.js';
import { gateName } from '../../../src/engine/state/gate.js';
import { section } from './blocks.js';
import { answersAt, settledHow, type Asking } from './gate-facts.js';
import type { Told } from './speaking.js';
import { clip, clock, listed, mention, plain } from './words.js';

interface Reply {
  readonly number: number;
  readonly at: number;
  readonly message: SlackMessage;
}

/** In the thread of a question: whoever started hears what came of it, and whoever was asked in vain that it is settled. */
export function resultMessage(told: Told, asking: Asking): Omit<Reply, 'number'> | undefined {
  const settled = settledHow(told.events, asking, told.report);
  if (!settled) return undefined;
  const name = `*${plain(gateName(asking.step))}*`;
  const by = [...new Set(answersAt(told.events, asking).map((answer) => answer.by))];
  const results = {
    approved: `${name} is approved by ${listed(by.map(plain))}.`,
    rejected: `${name} was rejected by ${listed(by.map(plain))}: ${plain(settled.reason)}. Everything is taken back.`,
    'taken-back': `${name} needs no answer any more: the rollout is taken back.`,
    'asked-again': `${name} is asked anew, in a message of its own.`,
    expired: `Nobody answered ${name} in time: an operator is asked.`,
    'timed-out': `Nobody answered ${name} in time: everything is taken back.`,
    ended: `${name} needs no answer any more: the rollout is over.`,
  } as const;
  const starter = mention(told, told.report.startedBy);
  return { at: settled.at, message: said(`${starter} ${results[settled.how]} Nobody else has to answer.`) };
}

/** In the thread of a question: it waits still. Those who have not answered are called by it. */
export function reminderMessage(told: Told, asking: Asking, before: number): readonly Reply[] {
  const { gate } = told.report;
  if (gate?.step !== asking.step || gate.epoch !== asking.epoch) return [];
  const people =
    gate.left && gate.left.length > 0 ? gate.left.map((name) => mention(told, name)) : gate.asks.map(plain);
  return told.events.flatMap(({ number, type, at, step, reason }) => {
    if (number <= before || step !== asking.step) return [];
    if (type !== 'gate-reminded' && type !== 'gate-escalated') return [];
    const name = `*${plain(gateName(asking.step))}*`;
    const more = type === 'gate-escalated' ? ` ${plain(reason)}.` : '';
    const end = `If nobody answers by ${clock(gate.deadline)}: ${plain(told.report.why.next)}.`;
    return [
      { number, at, message: said(`⏰ ${listed(people)}: ${name} still waits for an answer.${more} ${end}`) },
    ];
  });
}

function said(text: string): SlackMessage {
  return { text: clip(text, 3_000), blocks: [section(text)] };
}
