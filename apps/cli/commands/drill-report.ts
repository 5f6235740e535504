import { Refusal } from '../../../src/engine/base/errors.js';
import type { DrillRecord } from '../../../src/drill/record.js';
import { print, type OutputOptions, type Register } from '../context.js';
import { readDrillRecords, withDrillRecords, type RecordsPlace } from '../drills/records.js';
import { withOutput } from '../options.js';

interface ReportOptions extends OutputOptions, RecordsPlace {
  readonly html?: string;
}

/** `switchback drill report`: what one drill proves, at a terminal, as JSON, or as a page to hand on. */
export const registerDrillReport: Register = (drill, context) => {
  withDrillRecords(withOutput(drill.command('report')))
    .description('show what a drill proves: each point, the times to restore, what did not come back')
    .argument('[drill]', "a drill's id, or a runbook: its newest drill; the newest of all when absent")
    .option('--html <file>', 'write a page that needs nothing else, to hand to an auditor')
    .action(async (given: string | undefined, options: ReportOptions) => {
      const records = await readDrillRecords(options, context.io);
      const record = pick(records, given);
      const now = Date.now();
      if (options.html !== undefined) {
        const { reportPage } = await import('../drills/page/page.js');
        await writePage(options.html, reportPage(record, now, records), context.io.cwd);
      }
      const { reportText } = await import('../drills/report-text.js');
      print(context, options, record, reportText(record, now, context.paint));
    });
};

async function writePage(file: string, page: string, cwd: string): Promise<void> {
  const [{ writeFile }, { resolve }] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  const path = resolve(cwd, file);
  await writeFile(path, page).catch((error: Error) => {
    throw new Refusal(
      path,
      `cannot be written: ${error.message}`,
      'name a file in a directory that is there',
    );
  });
}

/** The newest drill that is meant. */
function pick(records: readonly DrillRecord[], given: string | undefined): DrillRecord {
  const meant = records.filter(
    ({ drill, runbook }) => given === undefined || drill === given || runbook === given,
  );
  const [first, ...others] = meant;
  if (first) return others.reduce((a, b) => (b.startedAt > a.startedAt ? b : a), first);
  const known = [...new Set(records.map(({ runbook }) => runbook))].join(', ');
  throw new Refusal(`drill ${given}`, 'is not among the records', `there are drills of ${known}`);
}
