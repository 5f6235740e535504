import type { Command } from 'commander';
import { print, withClient, type Context, type OutputOptions, type ServerOptions } from '../context.js';
import { withEnvironment, withOutput, withServer } from '../options.js';

interface CurrentOptions extends ServerOptions, OutputOptions {
  readonly env?: string;
}

/** `switchback builds current`: lets new rollouts start on a build. */
export function registerBuildsCurrent(builds: Command, context: Context): void {
  withEnvironment(withServer(withOutput(builds.command('current'))))
    .description(
      'let new rollouts start on a build, and sentinel and locks move to it; running rollouts stay',
    )
    .argument('<build>', 'a build that has workers')
    .action((build: string, _: object, command: Command) => {
      // The group has the same options; only together they are complete.
      const options = command.optsWithGlobals<CurrentOptions>();
      return withClient(context, options, async (client) => {
        const environment = await client.environment(options.env);
        await client.builds.makeCurrent(environment, build);
        const text = `new rollouts of environment ${environment} start on build ${build}`;
        print(context, options, { environment, current: build }, text);
      });
    });
}
