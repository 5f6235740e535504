import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { rolloutArgument, withOutput, withPerson, withServer } from '../options.js';

/** `switchback abort`: takes a rollout back, at any moment. */
export const registerAbort: Register = (program, context) => {
  withPerson(withServer(withOutput(program.command('abort'))))
    .description('take everything back now; past the point of no return: halt and ask')
    .argument('<rollout>', rolloutArgument)
    .requiredOption('--reason <text>', 'why')
    .action((given: string, options: DecideOptions) =>
      decide(context, given, options, (base) => Promise.resolve({ ...base, type: 'abort' })),
    );
};
