import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback resume`: lets a paused rollout go on. */
export const registerResume: Register = (program, context) => {
  withDecision(program.command('resume'), 'reason optional')
    .description('let a paused rollout go on; after a pause to zero it climbs again')
    .action((given: string, options: DecideOptions) => decide(context, given, options, { type: 'resume' }));
};
