import { Argument } from 'commander';
import type { Resolution } from '../../../src/engine/state/messages.js';
import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** `switchback resolve`: decides for a rollout that needs an operator. */
export const registerResolve: Register = (program, context) => {
  withDecision(program.command('resolve'), 'needs reason')
    .description(
      'decide for a rollout that needs an operator; retry, skip and halt are commands of their own, too',
    )
    .addArgument(new Argument('<choice>', 'what it should do').choices(['retry', 'skip', 'halt']))
    .action((given: string, choice: Resolution, options: DecideOptions) =>
      decide(context, given, options, { type: 'resolve', choice }),
    );
};
