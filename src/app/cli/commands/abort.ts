import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback abort`: takes a rollout back, at any moment. */
export const registerAbort: Register = (program, context) => {
  withDecision(program.command('abort'), 'needs reason')
    .description('take everything back now; past the point of no return: halt and ask')
    .action((given: string, options: DecideOptions) => decide(context, given, options, { type: 'abort' }));
};
