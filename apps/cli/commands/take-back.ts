import type { Command } from 'commander';
import { afterStart, type AwaitOptions } from '../after-start.js';
import { withClient, type Context, type Register, type ServerOptions } from '../context.js';
import { askedForOption, rolloutArgument, withOutput, withPerson, withServer } from '../options.js';
import { requirePerson } from '../person.js';

interface TakeBackOptions extends ServerOptions, AwaitOptions {
  readonly reason: string;
  readonly key?: string;
  readonly askedFor?: string;
}

/** `switchback revert`: a new rollout takes a completed one back. */
export const registerRevert: Register = (program, context) => {
  takingBack(program.command('revert'), 'revert', context).description(
    'take a completed rollout back to what was captured before it, while nothing irreversible ran',
  );
};

/** `switchback rescue`: a new rollout takes back what a terminated one left. */
export const registerRescue: Register = (program, context) => {
  takingBack(program.command('rescue'), 'rescue', context).description(
    'take back what a terminated or halted rollout left, from the durable records',
  );
};

function takingBack(command: Command, kind: 'revert' | 'rescue', context: Context): Command {
  return withPerson(withServer(withOutput(command)))
    .argument('<rollout>', rolloutArgument)
    .requiredOption('--reason <text>', 'why')
    .option(
      '--key <key>',
      `the last part of the new id (default: the old one with -${kind}, and -2 when that was refused)`,
    )
    .addOption(askedForOption())
    .option('--wait', 'show its progress until it ends; Ctrl-C detaches')
    .option('--detach', 'answer as soon as it is durable')
    .action((given: string, options: TakeBackOptions) => {
      requirePerson(options, context);
      return withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const { reason, key, askedFor } = options;
        const by = await client.person(options.as);
        const started = await client.takeBack({
          rollout,
          kind,
          by,
          reason,
          ...(key !== undefined && { key }),
          ...(askedFor !== undefined && { askedFor }),
        });
        const environment = rollout.split('/')[1] ?? '';
        const result = { ...started, environment, kind, reverts: rollout, startedBy: by };
        await afterStart(client, started, result, options, context);
      });
    });
}
