import { Option } from 'commander';
import { Refusal, type RolloutClient } from '../../client/client.js';
import { rolloutId } from '../../client/rollout-id.js';
import { afterStart, type AwaitOptions } from '../after-start.js';
import { withClient, type Context, type Register, type ServerOptions } from '../context.js';
import { listenForInterruption, type Interruption } from '../interruption.js';
import { askedForOption, withEnvironment, withOutput, withParams, withServer } from '../options.js';
import { parseParams } from '../params.js';

interface StartOptions extends ServerOptions, AwaitOptions {
  readonly param: string[];
  readonly env?: string;
  readonly key?: string;
  readonly noWait?: true;
  readonly askedFor?: string;
}

/** `switchback start`: begins a rollout, and with `--wait` stays until it ends. */
export const registerStart: Register = (program, context) => {
  withEnvironment(withServer(withParams(withOutput(program.command('start')))))
    .description('start a rollout')
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .option(
      '--key <key>',
      'the last part of the id; a second start with the same is refused (default: the time)',
    )
    .option('--as <name>', 'who starts it (default: the user of this machine, or whom the API knows)')
    .addOption(askedForOption())
    .option('--wait', 'show its progress until it ends; Ctrl-C detaches')
    .addOption(noWait())
    .option('--detach', 'answer as soon as it is durable, before its preflight')
    .action((file: string, options: StartOptions) => start(file, options, context));
};

/** Not the opposite of `--wait`, for which commander would take it: both can be wanted. */
function noWait(): Option {
  const text = 'refuse instead of standing in line while another rollout holds its targets';
  return Object.assign(new Option('--no-wait', text), { negate: false, attributeName: () => 'noWait' });
}

async function start(file: string, options: StartOptions, context: Context): Promise<void> {
  const interruption = listenForInterruption(context.io, 'nothing was started');
  return interruption.during(begin(file, options, context, interruption));
}

async function begin(
  file: string,
  options: StartOptions,
  context: Context,
  interruption: Interruption,
): Promise<void> {
  const { loadPlan } = await import('../../config/load-runbook.js');
  const loaded = await loadPlan(file, parseParams(options.param), context.io.cwd);
  const { plan, digest } = loaded;
  await withClient(context, options, async (client) => {
    const { key, askedFor } = options;
    const environment = await client.environment(options.env);
    const startedBy = await client.person(options.as);
    const request = {
      ...loaded,
      environment,
      startedBy,
      ...(key !== undefined && { key }),
      ...(options.noWait && { wait: false as const }),
      ...(askedFor !== undefined && { askedFor }),
    };
    // A name that cannot be is told as that, and not as one that nobody serves.
    rolloutId({ environment, runbook: plan.runbook, key: key ?? 'fresh' });
    if (!options.detach) await refuseWithoutWorkers(client, environment);
    // From here on it cannot be said any more that nothing was started.
    interruption.over();
    const started = await client.start(request);
    const result = { ...started, environment, runbook: plan.runbook, digest, startedBy };
    await afterStart(client, started, result, options, context);
  });
}

/** A name that is misspelt would be waited for by nobody, for ever. */
async function refuseWithoutWorkers(client: RolloutClient, environment: string): Promise<void> {
  if (await client.builds.everServed(environment)) return;
  throw new Refusal(
    `environment ${environment}`,
    'has never had a worker',
    `see that it is spelt right and start one: switchback worker --env ${environment}; or give --detach to leave the rollout waiting`,
  );
}
