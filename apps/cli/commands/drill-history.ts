import { Refusal } from '../../../src/engine/base/errors.js';
import { print, type OutputOptions, type Register } from '../context.js';
import { withOutput } from '../options.js';

interface HistoryOptions extends OutputOptions {
  readonly file: string;
}

/** `switchback drill history`: how the time to restore of a runbook moves from drill to drill. */
export const registerDrillHistory: Register = (drill, context) => {
  withOutput(drill.command('history'))
    .description("show a runbook's drills, the newest first, and how the time to restore moves")
    .argument('<runbook>', 'its name')
    .requiredOption('--file <file>', 'drill records as JSON')
    .action(async (runbook: string, options: HistoryOptions) => {
      const { readRecordsFile } = await import('../drills/read-file.js');
      const { historyOf, historyText } = await import('../drills/history.js');
      const all = await readRecordsFile(options.file, context.io.cwd);
      const records = all.filter((record) => record.runbook === runbook);
      if (records.length === 0) {
        const known = [...new Set(all.map((record) => record.runbook))].join(', ');
        throw new Refusal(
          `drills of ${runbook}`,
          'are not among the records',
          `there are drills of ${known}`,
        );
      }
      const drills = historyOf(records, Date.now());
      print(context, options, { runbook, drills }, historyText(drills));
    });
};
