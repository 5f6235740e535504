import type { Build } from '../../client/client.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { withEnvironment, withOutput, withServer } from '../options.js';
import { table } from '../table.js';
import { moment } from '../words.js';
import { registerBuildsCurrent } from './builds-current.js';
import { registerBuildsMove } from './builds-move.js';

interface BuildsOptions extends ServerOptions, OutputOptions {
  readonly env?: string;
}

/** `switchback builds`: the builds of an environment's workers, and which of them may go. */
export const registerBuilds: Register = (program, context) => {
  const builds = withEnvironment(withServer(withOutput(program.command('builds'))))
    .description("list the builds of an environment's workers: what runs on each, and which may go")
    .usage(
      '[options]\n       switchback builds current [options] <build>\n       switchback builds move [options] <rollout> --to <build>',
    )
    .action((options: BuildsOptions) =>
      withClient(context, options, async (client) => {
        const environment = await client.environment(options.env);
        const found = await client.builds.list(environment);
        print(context, options, { environment, builds: found }, buildsText(found, environment));
      }),
    );
  registerBuildsCurrent(builds, context);
  registerBuildsMove(builds, context);
};

function buildsText(builds: readonly Build[], environment: string): string {
  if (builds.length === 0) return `no worker of environment ${environment} has run yet`;
  return table(
    ['BUILD', 'NEW ROLLOUTS', 'RUNNING', 'WORKER SEEN', 'ITS WORKERS'],
    builds.map(({ build, current, rollouts, workerSeenAt, mayGo }) => [
      build,
      current ? 'yes' : 'no',
      String(rollouts),
      workerSeenAt === undefined ? 'no' : moment(workerSeenAt),
      mayGo ? 'may go' : 'are needed',
    ]),
  );
}
