import type { Register } from '../context.js';
import { aboutGate, decide, type DecideOptions } from '../decide.js';
import { rolloutArgument, withOutput, withPerson, withServer } from '../options.js';

/** `switchback reject`: says no to the gate that is open, which takes everything back. */
export const registerReject: Register = (program, context) => {
  withPerson(withServer(withOutput(program.command('reject'))))
    .description('reject the gate that is open: everything is taken back')
    .argument('<rollout>', rolloutArgument)
    .requiredOption('--reason <text>', 'why')
    .action((given: string, options: DecideOptions) => decide(context, given, options, aboutGate('reject')));
};
