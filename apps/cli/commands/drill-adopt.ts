import { userInfo } from 'node:os';
import { defaultConfigFile } from '../../config/default-file.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { withOutput } from '../options.js';
import { UsageError } from '../usage-error.js';

interface AdoptOptions extends OutputOptions {
  readonly env: string;
  readonly config: string;
  readonly as?: string;
  readonly yes?: true;
}

/** `switchback drill adopt`: makes a copy of production a template, after it showed what it is. */
export const registerDrillAdopt: Register = (drill, context) => {
  withOutput(drill.command('adopt'))
    .description('show what a database is, and mark it as a template that drills may clone')
    .argument('[database]', 'as the drill environment calls it; not needed where it has only one')
    .requiredOption('--env <name>', 'the drill environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .option('--as <name>', 'who adopts it (default: whoever is logged in here)')
    .option('--yes', 'do not ask')
    .action((given: string | undefined, options: AdoptOptions) => adoptDatabase(given, options, context));
};

async function adoptDatabase(
  given: string | undefined,
  options: AdoptOptions,
  context: Context,
): Promise<void> {
  const { io } = context;
  const { candidateOf } = await import('../drills/candidate.js');
  const { candidate, inUse } = await candidateOf(given, options, io.cwd);
  const { adopt, lookAt } = await import('../../../activities/drill/adopt.js');
  const found = await lookAt(candidate, inUse);
  const { foundText } = await import('../drills/found-text.js');
  io.stderr.write(`${foundText(candidate, found)}\n`);
  if (!options.yes) {
    if (!io.confirm) {
      throw new UsageError('nobody can be asked here, and nothing was marked: say --yes to adopt it');
    }
    const { Interrupted } = await import('../interruption.js');
    const sure = await io.confirm(`is this a copy that drills may clone, and nobody else uses?`);
    if (!sure) throw new Interrupted('nothing was marked');
  }
  const by = options.as ?? userInfo().username;
  await adopt(candidate, inUse, found, by);
  const { environment, name } = candidate;
  const text = `database ${name} is a template of ${environment}: switchback drill run may clone it`;
  print(context, options, { environment, name, adoptedBy: by, found }, text);
}
