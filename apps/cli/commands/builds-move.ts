import type { Command } from 'commander';
import { print, withClient, type Context, type OutputOptions, type ServerOptions } from '../context.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';

interface MoveOptions extends ServerOptions, OutputOptions {
  readonly to: string;
}

/** `switchback builds move`: gives a rollout that is stuck to the workers of a fixed build. */
export function registerBuildsMove(builds: Command, context: Context): void {
  withServer(withOutput(builds.command('move')))
    .description('let a running rollout go on with the workers of another build')
    .argument('<rollout>', rolloutArgument)
    .requiredOption('--to <build>', 'the build')
    .action((given: string, _: object, command: Command) => {
      const options = command.optsWithGlobals<MoveOptions>();
      return withClient(context, options, async (client) => {
        const moved = await client.builds.move(await client.find(given), options.to);
        const from = moved.from === undefined ? '' : ` from build ${moved.from}`;
        print(context, options, moved, `moved ${moved.rollout}${from} to build ${moved.build}`);
      });
    });
}
