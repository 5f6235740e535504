import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback retry`: lets what failed be tried again. */
export const registerRetry: Register = (program, context) => {
  withDecision(program.command('retry'), 'reason optional')
    .description('try again what failed and waits for an operator')
    .action((given: string, options: DecideOptions) =>
      decide(context, given, options, { type: 'resolve', choice: 'retry' }),
    );
};
