import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

interface Options extends DecideOptions {
  readonly exposureToZero?: true;
}

/** `switchback pause`: stops progress, not protection. */
export const registerPause: Register = (program, context) => {
  withDecision(program.command('pause'), 'needs reason')
    .description('let nothing new start; guards are evaluated all the same')
    .option('--exposure-to-zero', 'take exposure back as well; after resume it climbs again')
    .action((given: string, options: Options) =>
      decide(context, given, options, {
        type: 'pause',
        ...(options.exposureToZero && { exposure: 'zero' }),
      }),
    );
};
