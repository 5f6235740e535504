import { Argument } from 'commander';
import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

type Choice = 'wait' | 'roll-back';

/** `switchback answer`: answers the question of a hold. */
export const registerAnswer: Register = (program, context) => {
  withDecision(program.command('answer'), 'reason optional')
    .description('answer a rollout that is on hold for want of evidence')
    .addArgument(new Argument('<choice>', 'what it should do').choices(['wait', 'roll-back']))
    .action((given: string, choice: Choice, options: DecideOptions) =>
      decide(context, given, options, { type: 'answer', choice }),
    );
};
