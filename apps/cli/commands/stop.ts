import { decideLocks, type LocksDecisionOptions } from '../decide-locks.js';
import { withClient, type Register } from '../context.js';
import { withKey } from '../decision-options.js';
import { withOutput, withPerson, withServer } from '../options.js';
import { requirePerson } from '../person.js';

interface StopOptions extends LocksDecisionOptions {
  readonly env: string;
  readonly exposureToZero?: true;
  readonly lift?: true;
}

/** `switchback stop`: the red button of an environment. */
export const registerStop: Register = (program, context) => {
  withKey(withPerson(withServer(withOutput(program.command('stop')))))
    .description('pause every rollout of an environment and refuse new ones, until somebody lifts it')
    .requiredOption('--env <name>', 'the environment')
    .requiredOption('--reason <text>', 'why')
    .option('--exposure-to-zero', 'take exposure back as well')
    .option('--lift', 'let rollouts start again; those that are paused stay paused')
    .action((options: StopOptions, command: { error(message: string): never }) => {
      const { env: environment, lift, exposureToZero } = options;
      if (lift && exposureToZero) command.error("error: '--lift' cannot be used with '--exposure-to-zero'");
      requirePerson(options, context);
      return withClient(context, options, (client) =>
        decideLocks(
          context,
          client,
          environment,
          options,
          lift ? { type: 'lift' } : { type: 'stop', ...(exposureToZero && { exposure: 'zero' }) },
        ),
      );
    });
};
