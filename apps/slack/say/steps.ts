import type { SlackMessage } from '../../../activities/slack/message.js';
import type { JournalEvent, JournalEventType } from '../../../src/engine/state/journal.js';
import { section } from './blocks.js';
import { clip, doorText, plain } from './words.js';

/** What a thread tells, and how it is marked; all else stands in the journal alone. */
const marks: Readonly<Partial<Record<JournalEventType, string>>> = {
  started: '▶️',
  reset: '⚠️',
  refused: '⛔',
  queued: '🕓',
  warning: '⚠️',
  'phase-entered': '➡️',
  'act-done': '✔️',
  'act-failed': '❌',
  'step-skipped': '⏭️',
  'watch-passed': '✔️',
  'watch-extended': '🕓',
  'gate-opened': '✋',
  'gate-passed': '✅',
  'no-quorum': '⛔',
  'window-closed': '🧊',
  'window-opened': '▶️',
  'drill-failed': '⚠️',
  'glass-broken': '🔨',
  decision: '💬',
  'approvals-voided': '🔁',
  paused: '⏸️',
  resumed: '▶️',
  retreating: '↩️',
  retreated: '↩️',
  hold: '⏸️',
  question: '❔',
  'hold-cleared': '▶️',
  breach: '❌',
  'no-return': '⚠️',
  unwinding: '↩️',
  undone: '↩️',
  'still-exposed': '🆘',
  drift: '⚠️',
  'still-served': '⚠️',
  'needs-operator': '🆘',
  verified: '✔️',
  'not-verified': '❌',
  'baseline-confirmed': '✔️',
  unconfirmed: '⚠️',
  ended: '🏁',
};

/** So many lines stand in one message. */
const mostLines = 25;

/** What has happened, a line each; undefined when nothing of it is told. */
export function stepsMessage(events: readonly JournalEvent[]): SlackMessage | undefined {
  const lines = events.flatMap((event) => lineOf(event) ?? []);
  if (lines.length === 0) return undefined;
  const left = lines.length - mostLines;
  const shown = left > 0 ? [`… ${left} lines more stand in the journal`, ...lines.slice(left)] : lines;
  return { text: clip(lines.join('\n'), 3_000), blocks: [section(...shown.map((line) => clip(line, 110)))] };
}

function lineOf({ type, step, reason, by, via, evidence }: JournalEvent): string | undefined {
  const mark = marks[type];
  if (mark === undefined) return undefined;
  // An approval that counts is told by its question; a refused attempt is told here, and a comment.
  const decided = type === 'decision' && evidence?.['accepted'] === true ? evidence['decision'] : undefined;
  if (typeof decided === 'string' && decided !== 'comment') {
    const about = step === undefined ? '' : ` \`${plain(step)}\``;
    return `${mark} ${plain(by ?? 'somebody')} (${doorText(via)}): ${plain(decided)}${about}`;
  }
  const said = type === 'decision' && evidence?.['decision'] === 'comment' ? evidence['reason'] : reason;
  const who = by === undefined ? '' : `${plain(by)}: `;
  const about = step === undefined ? '' : `\`${plain(step)}\` `;
  return `${mark} ${about}${who}${plain(typeof said === 'string' ? said : reason)}`;
}
