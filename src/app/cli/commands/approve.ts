import type { Register } from '../context.js';
import { aboutGate, decide, type DecideOptions } from '../decide.js';
import { rolloutArgument, withOutput, withPerson, withServer } from '../options.js';

/** `switchback approve`: says yes to the gate that is open. */
export const registerApprove: Register = (program, context) => {
  withPerson(withServer(withOutput(program.command('approve'))))
    .description('approve the gate that is open')
    .argument('<rollout>', rolloutArgument)
    .option('--reason <text>', 'why')
    .action((given: string, options: DecideOptions) => decide(context, given, options, aboutGate('approve')));
};
