import type { Notice } from '../../src/engine/ports.js';
import type { Notifier } from './notifier.js';

/** Settings of the console notifier. */
export interface ConsoleNotifierOptions {
  /** The command line that answers a notice, or shows what it is about; `switchback why <rollout>` when absent. */
  readonly command?: (notice: Notice) => string;
}

const headlines = { incident: 'INCIDENT', question: 'QUESTION', news: 'news' } as const;
const asks = {
  incident: 'Someone must look now',
  question: 'An answer is needed',
  news: undefined,
} as const;

/**
 * Writes each notice as a few lines that can be read half asleep: what happened, in which rollout, what is asked, and
 * the command that answers it. News are one line.
 */
export function consoleNotifier(
  write: (text: string) => void,
  { command = ({ rollout }) => `switchback why ${shellWord(rollout)}` }: ConsoleNotifierOptions = {},
): Notifier {
  return {
    async send(notice) {
      const [first = '', ...more] = printable(notice.text).split('\n');
      const { rollout, urgency } = notice;
      const ask = asks[urgency];
      const lines =
        ask === undefined
          ? [`${headlines[urgency]}  ${printable(rollout)}: ${first}`, ...more.map((line) => `  ${line}`)]
          : [
              `${headlines[urgency]}  ${first}`,
              ...more.map((line) => `  ${line}`),
              `  rollout: ${printable(rollout)}`,
              `  ${ask}: ${command(notice)}`,
            ];
      write(`${lines.join('\n')}\n`);
    },
  };
}

/** Text from outside must not move the cursor, ring, or look like another notice's lines. */
function printable(text: string): string {
  return text
    .trim()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '?')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '?');
}

/** A word that a shell takes as it is. */
function shellWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", `'\\''`)}'`;
}
