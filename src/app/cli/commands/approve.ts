import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback approve`: says yes to the gate that is open. */
export const registerApprove: Register = (program, context) => {
  withDecision(program.command('approve'), 'reason optional')
    .description('approve the gate that is open')
    .action((given: string, options: DecideOptions) => decide(context, given, options, { type: 'approve' }));
};
