import type { SlackMessage } from '../../../activities/slack/message.js';
import { gateName } from '../../../src/engine/state/gate.js';
import { header, section } from './blocks.js';
import { footer } from './footer.js';
import { answersAt, askedAt, settledHow, type Asking, type GivenAnswer, type Settled } from './gate-facts.js';
import type { Told } from './speaking.js';
import { clip, doorText, lasting, plain } from './words.js';

const titles: Readonly<Record<Settled['how'], string>> = {
  approved: '✅ approved',
  rejected: '⛔ rejected',
  'taken-back': '↩️ not asked any more',
  'asked-again': '🔁 asked again',
  expired: '⌛ nobody answered in time',
  'timed-out': '⌛ nobody answered in time',
  ended: '▫️ not asked any more',
};

const nexts: Readonly<Record<Settled['how'], string>> = {
  approved: 'It goes on.',
  rejected: 'Everything is taken back.',
  'taken-back': 'The rollout is being taken back: no answer is needed.',
  'asked-again':
    'The question is asked anew in a message of its own; what was approved here does not count for it.',
  expired: 'An operator is asked.',
  'timed-out': 'Everything is taken back.',
  ended: 'The rollout is over.',
};

/** A question that nobody has to answer any more: no buttons, but who, when, through which door, and how long after. */
export function settledMessage(told: Told, asking: Asking): SlackMessage {
  const { runbook, environment } = told.report;
  const settled = settledHow(told.events, asking, told.report);
  const how = settled?.how ?? 'ended';
  const asked = askedAt(told.events, asking);
  const title = `${gateName(asking.step)}: ${titles[how]} · ${runbook} in ${environment}`;
  const answers = answersAt(told.events, asking).filter(({ decision }) => decision !== 'extend');
  const why = how === 'taken-back' || how === 'ended' ? plain(settled?.reason ?? '') : '';
  const lines = answers.map((answer) => answerLine(answer, asked));
  return {
    text: clip(plain(title), 3_000),
    blocks: [header(title), section(...lines, `${nexts[how]}${why === '' ? '' : ` ${why}`}`), footer(told)],
  };
}

const verbs: Readonly<Record<string, string>> = { approve: '✅', reject: '⛔', comment: '💬' };

function answerLine({ by, at, via, decision, reason, onBehalfOf }: GivenAnswer, asked?: number): string {
  const mark = verbs[decision] ?? '▫️';
  const of = onBehalfOf === undefined ? '' : ` for ${plain(onBehalfOf)}`;
  const after = asked === undefined ? '' : `, ${lasting(at - asked)} after it was asked`;
  const said = reason === '' ? '' : `: ${plain(reason)}`;
  return `${mark} *${plain(by)}*${of} through ${doorText(via)}${after}${said}`;
}
