import { Argument } from 'commander';
import type { Resolution } from '../../../engine/messages.js';
import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { rolloutArgument, withOutput, withPerson, withServer } from '../options.js';

/** `switchback resolve`: decides for a rollout that needs an operator. */
export const registerResolve: Register = (program, context) => {
  withPerson(withServer(withOutput(program.command('resolve'))))
    .description('decide for a rollout that needs an operator')
    .argument('<rollout>', rolloutArgument)
    .addArgument(new Argument('<choice>', 'what it should do').choices(['retry', 'skip', 'halt']))
    .requiredOption('--reason <text>', 'why')
    .action((given: string, choice: Resolution, options: DecideOptions) =>
      decide(context, given, options, (base) => Promise.resolve({ ...base, type: 'resolve', choice })),
    );
};
