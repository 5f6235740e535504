import { Argument } from 'commander';
import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { rolloutArgument, withOutput, withPerson, withServer } from '../options.js';

type Choice = 'wait' | 'roll-back';

/** `switchback answer`: answers the question of a hold. */
export const registerAnswer: Register = (program, context) => {
  withPerson(withServer(withOutput(program.command('answer'))))
    .description('answer a rollout that is on hold for want of evidence')
    .argument('<rollout>', rolloutArgument)
    .addArgument(new Argument('<choice>', 'what it should do').choices(['wait', 'roll-back']))
    .option('--reason <text>', 'why')
    .action((given: string, choice: Choice, options: DecideOptions) =>
      decide(context, given, options, (base) => Promise.resolve({ ...base, type: 'answer', choice })),
    );
};
