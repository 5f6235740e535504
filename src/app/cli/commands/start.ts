import { Option } from 'commander';
import { userInfo } from 'node:os';
import { afterStart, type AwaitOptions } from '../after-start.js';
import { withClient, type Context, type Register, type ServerOptions } from '../context.js';
import { withOutput, withParams, withServer } from '../options.js';
import { parseParams } from '../params.js';

interface StartOptions extends ServerOptions, AwaitOptions {
  readonly param: string[];
  readonly env: string;
  readonly key?: string;
  readonly as?: string;
  readonly noWait?: true;
}

/** `switchback start`: begins a rollout, and with `--wait` stays until it ends. */
export const registerStart: Register = (program, context) => {
  withServer(withParams(withOutput(program.command('start'))))
    .description('start a rollout')
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .option('--env <name>', 'the environment', 'local')
    .option(
      '--key <key>',
      'the last part of the id; a second start with the same is refused (default: the time)',
    )
    .option('--as <name>', 'who starts it (default: the user of this machine)')
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
  const { loadPlan } = await import('../../load-runbook.js');
  const { plan, digest } = await loadPlan(file, parseParams(options.param), context.io.cwd);
  await withClient(context, options, async (client) => {
    const { env: environment, key, as: startedBy = userInfo().username } = options;
    const request = {
      plan,
      digest,
      environment,
      startedBy,
      ...(key !== undefined && { key }),
      ...(options.noWait && { wait: false as const }),
    };
    const started = await client.start(request);
    const result = { ...started, environment, runbook: plan.runbook, digest, startedBy };
    await afterStart(client, started, result, options, context);
  });
}
