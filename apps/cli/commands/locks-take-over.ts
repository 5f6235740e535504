import { partsOf } from '../../client/rollout-id.js';
import { decideLocks, type LocksDecisionOptions } from '../decide-locks.js';
import { withClient, type Register } from '../context.js';
import { withKey } from '../decision-options.js';
import { rolloutArgument, withOutput, withPerson, withServer } from '../options.js';
import { requirePerson } from '../person.js';

interface TakeOverOptions extends LocksDecisionOptions {
  readonly asItIs?: true;
}

/** `switchback locks take-over`: ends the lock of a rollout that was ended from outside. */
export const registerTakeOver: Register = (locks, context) => {
  withKey(withPerson(withServer(withOutput(locks.command('take-over')))))
    .description('free the lock of a rollout that was ended from outside, after its targets were read')
    .argument('<rollout>', rolloutArgument)
    .requiredOption('--reason <text>', 'why')
    .option('--as-it-is', 'also when a target is not as it was captured')
    // `locks` has the same options: those given after `take-over` are found by either.
    .action((given: string, own: TakeOverOptions, command: { optsWithGlobals(): TakeOverOptions }) => {
      const options = { ...own, ...command.optsWithGlobals() };
      requirePerson(options, context);
      return withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const environment = partsOf(rollout)?.environment ?? '';
        const { asItIs } = options;
        await decideLocks(context, client, environment, options, {
          type: 'take-over',
          rollout,
          ...(asItIs && { asItIs }),
        });
      });
    });
};
