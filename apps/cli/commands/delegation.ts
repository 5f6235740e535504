import type { Command } from 'commander';
import type { LocksChoice } from '../../../src/protocol/locks.js';
import { withClient, type Context, type Register } from '../context.js';
import { decideLocks, type LocksDecisionOptions } from '../decide-locks.js';
import { withKey } from '../decision-options.js';
import { momentOption } from '../moment-option.js';
import { withApi, withOutput } from '../options.js';
import { registerDelegationList } from './delegation-list.js';

interface CreateOptions extends LocksDecisionOptions {
  readonly to: string;
  readonly gate: readonly string[];
  readonly since?: number;
  readonly until: number;
}

/** `switchback delegation`: who answers gates for whom, for a while. */
export const registerDelegation: Register = (program, context) => {
  const delegation = program
    .command('delegation')
    .description('have somebody else answer gates for you, for a while, in a shared environment');
  registerCreate(delegation, context);
  registerEnd(delegation, context);
  registerDelegationList(delegation, context);
};

function registerCreate(delegation: Command, context: Context): void {
  withKey(withApi(withOutput(delegation.command('create'))))
    .description(
      'let somebody answer gates for whoever the API knows you as: narrower than your own rights, never passed on',
    )
    .requiredOption('--to <principal>', 'who answers')
    .requiredOption('--reason <text>', 'why')
    .addOption(momentOption('--until <time>', 'when it ends').makeOptionMandatory())
    .addOption(momentOption('--since <time>', 'when it begins (default: now)'))
    .option(
      '--gate <name>',
      'a gate, may be repeated (default: all)',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .action(({ to, gate, since, until, ...options }: CreateOptions) => {
      const gates = gate.length > 0 ? gate : ['*'];
      const choice = { type: 'delegate', to, gates, until, ...(since !== undefined && { since }) } as const;
      return decide(options, choice, context);
    });
}

function registerEnd(delegation: Command, context: Context): void {
  withKey(withApi(withOutput(delegation.command('end'))))
    .description('end a delegation of your own before its time')
    .argument('<decision>', 'the decision that made it, as "create" and "list" show it')
    .requiredOption('--reason <text>', 'why')
    .action((given: string, options: LocksDecisionOptions) =>
      decide(options, { type: 'end-delegation', delegation: given }, context),
    );
}

/** Through an API alone: a name that nobody has proved hands nothing on. */
function decide(options: LocksDecisionOptions, choice: LocksChoice, context: Context): Promise<void> {
  return withClient(context, options, async (client) =>
    decideLocks(context, client, await client.environment(undefined), options, choice),
  );
}
