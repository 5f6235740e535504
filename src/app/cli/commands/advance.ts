import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback advance`: ends the watch that is open as early as the plan allows. */
export const registerAdvance: Register = (program, context) => {
  withDecision(program.command('advance'), 'reason optional')
    .description('end the watch that is open as early as the plan allows')
    .action((given: string, options: DecideOptions) => decide(context, given, options, { type: 'advance' }));
};
