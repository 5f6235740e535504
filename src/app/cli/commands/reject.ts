import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback reject`: says no to the gate that is open, which takes everything back. */
export const registerReject: Register = (program, context) => {
  withDecision(program.command('reject'), 'needs reason')
    .description('reject the gate that is open: everything is taken back')
    .action((given: string, options: DecideOptions) => decide(context, given, options, { type: 'reject' }));
};
