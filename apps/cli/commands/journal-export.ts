import { Refusal } from '../../client/client.js';
import { environmentIn, partsOf } from '../../client/rollout-id.js';
import { withClient, type Register, type ServerOptions } from '../context.js';
import { rolloutArgument, withServer } from '../options.js';
import { withRecords, type RecordsOptions } from '../records-of.js';

/** `switchback journal export`: the journal as it stands in the records, a line for each entry. */
export const registerJournalExport: Register = (journal, context) => {
  withServer(journal.command('export'))
    .description('write the exported journal as JSON lines, which "journal verify --file" checks')
    .argument(
      '<rollout>',
      `${rolloutArgument}; without a server: the whole id; locks/<environment>, sentinel/<environment>, slack/<environment>/<yyyy-mm>`,
    )
    .option('--config <file>', "the configuration (default: the local stack's, else switchback.config.json)")
    // `journal` has the same options: those given after `export` are found by either.
    .action(
      async (
        given: string,
        own: RecordsOptions,
        command: { optsWithGlobals(): ServerOptions & RecordsOptions },
      ) => {
        const options = { ...own, ...command.optsWithGlobals() };
        const whole = partsOf(given) !== undefined || environmentIn(given) !== undefined;
        const id = whole ? given : await withClient(context, options, (client) => client.find(given));
        const entries = await withRecords(id, options, context.io, ({ journal }) => journal.read(id));
        if (entries.length === 0) {
          throw new Refusal(`journal of ${id}`, 'is not in the records', 'name a rollout that has one');
        }
        const { lineOf } = await import('../../../activities/records/journal/line.js');
        for (const entry of entries) context.io.stdout.write(`${lineOf(entry)}\n`);
      },
    );
};
