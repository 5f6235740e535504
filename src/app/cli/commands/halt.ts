import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback halt`: ends a rollout where it stands. */
export const registerHalt: Register = (program, context) => {
  withDecision(program.command('halt'), 'needs reason')
    .description('end it where it stands: nothing is taken back, and nobody watches it any more')
    .action((given: string, options: DecideOptions) => decide(context, given, options, { type: 'halt' }));
};
