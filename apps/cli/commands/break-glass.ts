import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision, words } from '../decision-options.js';

interface Options extends DecideOptions {
  readonly incident: string;
}

/** `switchback break-glass`: lets a rollout pass a freeze, when two people want it. */
export const registerBreakGlass: Register = (program, context) => {
  withDecision(program.command('break-glass'), 'needs reason')
    .description('let it pass a freeze, and nothing else: two people have to, for the same incident')
    .requiredOption('--incident <id>', 'the incident that it is for', words)
    .action((given: string, options: Options) =>
      decide(context, given, options, { type: 'break-glass', incident: options.incident }),
    );
};
