import { Option, type Command } from 'commander';
import type { DrillRecord } from '../../../src/drill/record.js';
import { Refusal } from '../../client/client.js';
import { defaultConfigFile } from '../../config/default-file.js';
import type { Io } from '../io.js';
import { UsageError } from '../usage-error.js';

/** Where drill records are read from. */
export interface RecordsPlace {
  readonly file?: string;
  readonly env?: string;
  readonly config: string;
}

/** The options of commands that read drill records. */
export function withDrillRecords(command: Command): Command {
  return command
    .addOption(new Option('--env <name>', 'the drill environment that keeps the records').conflicts('file'))
    .option('--file <file>', 'drill records as JSON, instead of those of an environment')
    .option('--config <file>', 'the configuration', defaultConfigFile);
}

/** The records of a drill environment, or of a file. Throws `Refusal` when there are none, or one was edited. */
export async function readDrillRecords(
  { file, env, config }: RecordsPlace,
  io: Io,
): Promise<readonly DrillRecord[]> {
  if (file !== undefined) {
    const { readRecordsFile } = await import('./read-file.js');
    return readRecordsFile(file, io.cwd);
  }
  if (env === undefined) throw new UsageError('name the drill environment with --env, or a file with --file');
  const { requireDrillEnvironment } = await import('./drill-environment.js');
  const environment = await requireDrillEnvironment(env, config, io.cwd);
  const { withRecordsOf } = await import('../records-of.js');
  const records = await withRecordsOf(env, environment, io, ({ drills }) => drills.list());
  if (records.length > 0) return records;
  throw new Refusal(`drills of ${env}`, 'are not among its records', 'drill first: switchback drill run');
}
