import { Refusal } from '../../../src/engine/base/errors.js';
import { print, type OutputOptions, type Register } from '../context.js';
import { readDrillRecords, withDrillRecords, type RecordsPlace } from '../drills/records.js';
import { withOutput } from '../options.js';

type HistoryOptions = OutputOptions & RecordsPlace;

/** `switchback drill history`: how the time to restore of a runbook moves from drill to drill. */
export const registerDrillHistory: Register = (drill, context) => {
  withDrillRecords(withOutput(drill.command('history')))
    .description("show a runbook's drills, the newest first, and how the time to restore moves")
    .argument('<runbook>', 'its name')
    .action(async (runbook: string, options: HistoryOptions) => {
      const { historyOf, historyText } = await import('../drills/history.js');
      const all = await readDrillRecords(options, context.io);
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
