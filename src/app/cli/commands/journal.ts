import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { eventLine } from '../event-line.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';
import { registerJournalVerify } from './journal-verify.js';

/** `switchback journal`: everything a rollout decided, and why. */
export const registerJournal: Register = (program, context) => {
  const journal = withServer(withOutput(program.command('journal')))
    .description('print what a rollout decided, when, why and on which evidence')
    .usage('[options] <rollout>\n       switchback journal verify [options] <rollout>')
    .argument('<rollout>', rolloutArgument)
    .action((given: string, options: ServerOptions & OutputOptions) =>
      withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const events = await client.journal(rollout);
        print(context, options, { rollout, events }, events.map(eventLine).join('\n'));
      }),
    );
  registerJournalVerify(journal, context);
};
