import { InvalidArgumentError, Option } from 'commander';
import { milliseconds, type Duration } from '../../../engine/duration.js';
import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

interface Options extends DecideOptions {
  /** Milliseconds. */
  readonly for: number;
}

/** `switchback extend`: makes the watch that is open longer. */
export const registerExtend: Register = (program, context) => {
  const length = new Option('--for <duration>', 'how much longer, such as 30m').argParser(duration);
  withDecision(program.command('extend'), 'needs reason')
    .description('make the watch that is open longer')
    .addOption(length.makeOptionMandatory())
    .action((given: string, options: Options) =>
      decide(context, given, options, { type: 'extend', ms: options.for }),
    );
};

function duration(value: string): number {
  try {
    return milliseconds(value as Duration);
  } catch {
    throw new InvalidArgumentError('Write a positive number and ms, s, m, h or d, such as 30m.');
  }
}
