import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback skip`: leaves out what failed. */
export const registerSkip: Register = (program, context) => {
  withDecision(program.command('skip'), 'needs reason')
    .description('leave out what failed and waits for an operator')
    .action((given: string, options: DecideOptions) =>
      decide(context, given, options, { type: 'resolve', choice: 'skip' }),
    );
};
