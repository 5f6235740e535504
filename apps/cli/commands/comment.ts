import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withKey, words } from '../decision-options.js';
import { rolloutArgument, withOutput, withPerson, withServer } from '../options.js';

/** `switchback comment`: says something that stands in the journal and changes nothing. */
export const registerComment: Register = (program, context) => {
  withKey(withPerson(withServer(withOutput(program.command('comment')))))
    .description('say something about it: it stands in the journal, beside the answers, and changes nothing')
    .argument('<rollout>', rolloutArgument)
    .argument('<text>', 'what to say', words)
    .action((given: string, reason: string, options: Omit<DecideOptions, 'reason'>) =>
      decide(context, given, { ...options, reason }, { type: 'comment' }),
    );
};
