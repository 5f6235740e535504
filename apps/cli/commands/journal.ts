import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { eventLine } from '../event-line.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';
import { registerJournalExport } from './journal-export.js';
import { registerJournalVerify } from './journal-verify.js';

/** `switchback journal`: everything a rollout decided, and why. */
export const registerJournal: Register = (program, context) => {
  const journal = withServer(withOutput(program.command('journal')))
    .description('print what a rollout decided, when, why and on which evidence')
    .usage(
      '[options] <rollout>\n       switchback journal verify [options] <rollout>\n       switchback journal export [options] <rollout>',
    )
    .argument('<rollout>', rolloutArgument)
    .action((given: string, options: ServerOptions & OutputOptions) =>
      withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const events = await client.journal(rollout);
        const from = events[0]?.number ?? 1;
        const text = [...missingLine(from), ...events.map(eventLine)].join('\n');
        print(context, options, { rollout, from, events }, text);
      }),
    );
  registerJournalVerify(journal, context);
  registerJournalExport(journal, context);
};

/** A rollout of many runs carries only the newest events on. */
function missingLine(from: number): string[] {
  if (from === 1) return [];
  const where = 'they stand in the exported journal, which "switchback journal verify" checks';
  return [`events 1 to ${from - 1} are not in the workflow any more; ${where}`];
}
