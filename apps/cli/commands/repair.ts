import { Argument, type Command } from 'commander';
import type { Repaired } from '../../client/client.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { withOutput, withServer } from '../options.js';

interface RepairOptions extends ServerOptions, OutputOptions {
  readonly env: string;
}

/** `switchback repair`: brings an environment's locks or sentinel back when no worker can make them go on. */
export const registerRepair: Register = (program, context) => {
  const command: Command = program.command('repair');
  withServer(withOutput(command))
    .description(
      'bring the locks or the sentinel of an environment back, with what they knew, when they are broken',
    )
    .addArgument(new Argument('<what>', 'what is broken').choices(['locks', 'sentinel']))
    .requiredOption('--env <name>', 'the environment')
    .action((what: 'locks' | 'sentinel', options: RepairOptions) =>
      withClient(context, options, async (client) => {
        const repaired = await client.repairs.repair(what, options.env);
        print(context, options, repaired, repairedText(repaired));
      }),
    );
};

function repairedText({ workflow, repaired, found, kept }: Repaired): string {
  if (!repaired) return `${workflow} ${found}; nothing was changed`;
  return [
    `${workflow} was broken: ${found}`,
    `repaired; its new run goes on from: ${kept}`,
    'it needs a worker, and grants nothing before it has read all that',
  ].join('\n');
}
