import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';
import { durationOption } from '../duration-option.js';

interface Options extends DecideOptions {
  /** Milliseconds. */
  readonly for: number;
}

/** `switchback extend`: makes the watch that is open longer, or the gate's deadline later. */
export const registerExtend: Register = (program, context) => {
  const length = durationOption('--for <duration>', 'how much longer, such as 30m');
  withDecision(program.command('extend'), 'needs reason')
    .description('make the watch that is open longer, or the deadline of the gate that is open later')
    .addOption(length.makeOptionMandatory())
    .action((given: string, options: Options) =>
      decide(context, given, options, { type: 'extend', ms: options.for }),
    );
};
