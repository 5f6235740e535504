import type { Notifier } from './notifier.js';
import type { Notice } from '../../src/engine/state/values.js';

/** Settings of the console notifier. */
export interface ConsoleNotifierOptions {
  /** The command line that answers a notice, or shows what it is about; what shows more of it when absent. */
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
  { command = lookAt }: ConsoleNotifierOptions = {},
): Notifier {
  return {
    async send(notice) {
      const [first = '', ...more] = printable(notice.text).split('\n');
      const { rollout, urgency, todo = [] } = notice;
      const ask = asks[urgency];
      const lines =
        ask === undefined
          ? [`${headlines[urgency]}  ${printable(rollout)}: ${first}`, ...more.map((line) => `  ${line}`)]
          : [
              `${headlines[urgency]}  ${first}`,
              ...more.map((line) => `  ${line}`),
              `  rollout: ${printable(rollout)}`,
              ...todo.map((line) => `  what to do: ${printable(line)}`),
              `  ${ask}: ${command(notice)}`,
            ];
      write(`${lines.join('\n')}\n`);
    },
  };
}

/** What shows more of it: also of an environment's own workflows, which are no rollouts. */
function lookAt({ rollout }: Notice): string {
  const [kind, environment = ''] = rollout.split('/');
  return kind === 'locks' || kind === 'sentinel'
    ? `switchback doctor --env ${shellWord(environment)}`
    : `switchback why ${shellWord(rollout)}`;
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
